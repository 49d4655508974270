import { Command, CommanderError } from "commander";
import { VERSION } from "../version.ts";
import { alertsCommand } from "./commands/alerts.ts";
import { auditCommand } from "./commands/audit.ts";
import { bulkCommand } from "./commands/bulk.ts";
import { callCommand } from "./commands/call.ts";
import { callersCommand } from "./commands/callers.ts";
import { checkCommand } from "./commands/check.ts";
import { completionsCommand } from "./commands/completions.ts";
import { deploymentsCommand } from "./commands/deployments.ts";
import { devCommand } from "./commands/dev.ts";
import { eraseCommand } from "./commands/erase.ts";
import { erasuresCommand } from "./commands/erasures.ts";
import { errorsCommand } from "./commands/errors.ts";
import { eventsCommand } from "./commands/events.ts";
import { exportCommand } from "./commands/export.ts";
import { inputsCommand } from "./commands/inputs.ts";
import { keysCommand } from "./commands/keys.ts";
import { limitsCommand } from "./commands/limits.ts";
import { logsCommand } from "./commands/logs.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { pauseCommand } from "./commands/pause.ts";
import { pausesCommand } from "./commands/pauses.ts";
import { profilesCommand } from "./commands/profiles.ts";
import { queryCommand } from "./commands/query.ts";
import { replayCommand } from "./commands/replay.ts";
import { resumeCommand } from "./commands/resume.ts";
import { retentionCommand } from "./commands/retention.ts";
import { runsCommand } from "./commands/runs.ts";
import { schedulesCommand } from "./commands/schedules.ts";
import { sendCommand } from "./commands/send.ts";
import { signalsCommand } from "./commands/signals.ts";
import { skipsCommand } from "./commands/skips.ts";
import { startCommand } from "./commands/start.ts";
import { syncCommand } from "./commands/sync.ts";
import { syncsCommand } from "./commands/syncs.ts";
import { tokensCommand } from "./commands/tokens.ts";
import { triggerCommand } from "./commands/trigger.ts";
import { webhooksCommand } from "./commands/webhooks.ts";
import { whyCommand } from "./commands/why.ts";
import { workspacesCommand } from "./commands/workspaces.ts";
import { type Context, processContext } from "./context.ts";
import { EXAMPLES, exampleText } from "./examples.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { useProfile } from "./profiles/use-profile.ts";
import { reportOf } from "./report-error.ts";

/** Runs one command line and answers its exit code. Never throws: whatever goes wrong is told in one sentence. */
export async function main(args: readonly string[], context: Context = processContext()): Promise<ExitCode> {
  try {
    await commandLine(context).parseAsync([...args], { from: "user" });
    return context.exitCode;
  } catch (error) {
    // Help and version were asked for, and commander has printed them; so it has for a wrong flag.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { sentence, exitCode } = reportOf(error);
    context.note(
      context.environment["DURABLE_DEBUG"] === "1" && error instanceof Error ? `${error.stack}` : sentence,
    );
    return exitCode;
  }
}

/** All commands. */
export function commandLine(context: Context): Command {
  const durable = new Command("durable")
    .description("Durable execution over plain HTTP, on one Postgres.")
    .version(VERSION, "-v, --version")
    .helpCommand(false)
    .showHelpAfterError("Run it with --help to see what is allowed.")
    .addHelpText("after", EXIT_CODES)
    .configureOutput({
      writeOut: (text) => context.say(text.trimEnd()),
      writeErr: (text) => context.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, "")),
    })
    // Inherited by commands that are added afterwards.
    .exitOverride()
    .hook("preAction", (_, command) => useProfile(context, command));
  for (const command of [
    devCommand,
    startCommand,
    migrateCommand,
    syncCommand,
    syncsCommand,
    sendCommand,
    signalsCommand,
    tokensCommand,
    triggerCommand,
    callCommand,
    queryCommand,
    replayCommand,
    checkCommand,
    eventsCommand,
    skipsCommand,
    deploymentsCommand,
    limitsCommand,
    pauseCommand,
    pausesCommand,
    resumeCommand,
    schedulesCommand,
    runsCommand,
    errorsCommand,
    bulkCommand,
    alertsCommand,
    webhooksCommand,
    callersCommand,
    logsCommand,
    whyCommand,
    inputsCommand,
    keysCommand,
    workspacesCommand,
    retentionCommand,
    exportCommand,
    eraseCommand,
    erasuresCommand,
    auditCommand,
    mcpCommand,
    profilesCommand,
    completionsCommand,
  ]) {
    adopt(durable, command(context));
  }
  return durable;
}

function adopt(parent: Command, child: Command): void {
  settle(parent, child, child.name());
  for (const grandchild of child.commands) settle(parent, grandchild, `${child.name()} ${grandchild.name()}`);
  parent.addCommand(child);
}

function settle(parent: Command, command: Command, path: string): void {
  command.copyInheritedSettings(parent);
  const examples = EXAMPLES[path];
  if (examples !== undefined) command.addHelpText("after", exampleText(examples));
}

const EXIT_CODES = `
Exit codes:
  ${EXIT.ok}  done
  ${EXIT.failed}  it was tried and did not work
  ${EXIT.usage}  the command or its environment is wrong; nothing was tried
  ${EXIT.unreachable}  the engine or the database does not answer
  ${EXIT.notFound}  there is no such run, key or app
  ${EXIT.denied}  the engine does not allow it, or does not know who asks`;
