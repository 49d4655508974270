import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { type LogLine, renderLogLine } from "../run-view/log-line.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

const LEVELS = ["debug", "info", "warn", "error"];

interface TailFlags extends TargetFlags {
  readonly level: string;
  readonly run?: string;
}

export function logsTailCommand(context: Context): Command {
  return withTarget(new Command("tail"))
    .description("print what steps say, from now on, until it is stopped; with --json one object per line")
    .option("--level <level>", "of this level or graver: debug, info, warn or error", "debug")
    .option("--run <run>", "only of this run, from its first line")
    .action(async (flags: TailFlags) => {
      const from = LEVELS.indexOf(flags.level);
      if (from === -1)
        throw usageError(`--level is ${JSON.stringify(flags.level)}; allowed is ${LEVELS.join(", ")}.`);
      const api = await apiOf(flags, context.environment);
      const params = await workspaceOf(flags, context.environment, api);
      const topics = [flags.run === undefined ? "logs" : `logs:${flags.run}`];
      for await (const event of api.stream({ params, topics })) {
        if (process.stdout.errored !== null) return;
        if (event.event === "reset")
          context.note("Lines were left out here; durable runs logs RUN prints all of a run.");
        if (event.event !== "patch") continue;
        const line = event.patch.patch as unknown as Omit<LogLine, "id"> & { readonly run: string };
        if (LEVELS.indexOf(line.level) < from) continue;
        if (flags.json) context.say(JSON.stringify({ id: event.patch.id, ...line }));
        else
          context.say(flags.run === undefined ? `${line.run} ${renderLogLine(line)}` : renderLogLine(line));
      }
    });
}
