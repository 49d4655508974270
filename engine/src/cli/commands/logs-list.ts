import { Command } from "commander";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { renderLogLine } from "../run-view/log-line.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

/** The engine judges the values: it knows what is allowed, and says so. */
type LogsQuery = NonNullable<InputOf<"listLogs">["query"]>;

interface ListFlags extends TargetFlags {
  readonly level?: string;
  readonly function?: string;
  readonly search?: string;
  readonly before?: string;
  readonly limit: string;
}

export function logsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("print what steps of all runs said last, the newest at the end")
    .option("--level <level>", "of this level or graver: debug, info, warn or error")
    .option("--function <id>", "only of runs of this function")
    .option("--search <text>", "only lines that say this")
    .option("--before <line>", "older ones than this line")
    .option("--limit <count>", "so many", "50")
    .action(async ({ level, search, before, limit, function: functionId, json, ...target }: ListFlags) => {
      const api = await apiOf(target, context.environment);
      const params = await workspaceOf(target, context.environment, api);
      const query = { level, function: functionId, q: search, before, limit } as unknown as LogsQuery;
      const answer = await api.listLogs({ params, query });
      if (json) return context.say(JSON.stringify(answer));
      for (const line of answer.logs.toReversed()) context.say(`${line.run} ${renderLogLine(line)}`);
      if (answer.logs.length === 0) context.note("No such line was found.");
      if (answer.next !== null) context.note(`Older ones: --before ${answer.next}`);
    });
}
