import { parseDuration, RUN_FIELDS, type RunField } from "@durable/protocol/wire";
import { Argument, Command, Option } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface TokenFlags extends TargetFlags {
  readonly fields: readonly RunField[];
  readonly expires: number;
}

export function runsTokenCommand(context: Context): Command {
  return withTarget(new Command("token"))
    .description("make a token that shows fields of one run to an end user's page, for a while")
    .addArgument(new Argument("<run>", "the run's id"))
    .addOption(
      new Option("--fields <list>", `what it shows: ${RUN_FIELDS.join(", ")}`)
        .argParser(readFields)
        .default(["status", "progress"], "status,progress"),
    )
    .addOption(
      new Option("--expires <duration>", "how long it shows that, for example 15m, 2h or 7d")
        .argParser(readSeconds)
        .default(3_600, "1h"),
    )
    .action(async (run: string, flags: TokenFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const body = { fields: [...flags.fields], expires_in_s: flags.expires };
      const made = await api.createRunToken({ params: { ...workspace, id: run }, body });
      if (flags.json) return context.say(JSON.stringify(made));
      context.say(made.token);
      context.note(
        `It shows ${flags.fields.join(", ")} until ${made.expires_at}. Give it to \`watchRun\` of @durable/sdk/browser.`,
      );
    });
}

function readFields(text: string): RunField[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !(RUN_FIELDS as readonly string[]).includes(name));
  if (unknown === undefined) return [...new Set(names)] as RunField[];
  throw usageError(`--fields has ${JSON.stringify(unknown)}; there are ${RUN_FIELDS.join(", ")}.`);
}

function readSeconds(text: string): number {
  const seconds = parseDuration(text) / 1000;
  if (seconds >= 1) return Math.floor(seconds);
  throw usageError(`--expires ${text} is no duration of a second or more: write 15m, 2h or 7d.`);
}
