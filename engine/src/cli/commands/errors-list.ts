import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { oneLine } from "../terminal/fit.ts";
import { table } from "../terminal/table.ts";

interface ListFlags extends TargetFlags {
  readonly state?: string;
  readonly function?: string;
  readonly limit: string;
}

export function errorsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list what runs failed or paused with, in groups, the last seen first")
    .option("--state <state>", "open, resolved or muted")
    .option("--function <id>", "only of this function")
    .option("--limit <count>", "so many", "20")
    .action(async (flags: ListFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { function: functionId, limit } = flags;
      const state = flags.state as "open" | undefined;
      const answer = await api.listErrors({
        params: workspace,
        query: { state, function: functionId, limit },
      });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.errors.length === 0)
        return context.say(`No such error in ${workspace.app} (${workspace.env}).`);
      const nowMs = Date.now();
      const rows = answer.errors.map((error) => [
        error.fingerprint,
        error.state,
        String(error.count),
        String(error.runs_in_trouble),
        `${formatDuration(nowMs - Date.parse(error.last_seen))} ago`,
        oneLine(error.functions.join(", ")),
        error.step === null ? "-" : oneLine(error.step),
        oneLine(error.frame ?? "-"),
        oneLine(`${error.name}: ${error.message}`),
      ]);
      const head = [
        "ERROR",
        "STATE",
        "COUNT",
        "IN TROUBLE",
        "LAST SEEN",
        "FUNCTIONS",
        "STEP",
        "PLACE",
        "WHAT",
      ];
      for (const line of table(head, rows)) context.say(line);
      if (answer.next !== null)
        context.note("There are more: raise --limit, or narrow with --state or --function.");
    });
}
