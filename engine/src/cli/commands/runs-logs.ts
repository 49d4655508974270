import { Command } from "commander";
import { hasEnded } from "../../domain/run-end.ts";
import type { InputOf } from "../../http/contract/api.ts";
import type { Context } from "../context.ts";
import { renderLogLine } from "../run-view/log-line.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

/** The engine judges the values: it knows what is allowed, and says so. */
type LogsQuery = NonNullable<InputOf<"listRunLogs">["query"]>;

interface LogsFlags extends TargetFlags {
  readonly level?: string;
  readonly step?: string;
  readonly follow?: true;
}

const PAGE = 1_000;
/** New lines are looked for when the run has ended, and every so often before. */
const LOOK_EVERY_S = 1;

export function runsLogsCommand(context: Context): Command {
  return withTarget(new Command("logs"))
    .description("print what the code of a run's steps said; with --json one object per line")
    .argument("<run>", "the run's id")
    .option("--level <level>", "of this level or graver: debug, info, warn or error")
    .option("--step <step>", "only of the step with this name or id")
    .option("-f, --follow", "stay until the run has ended, and print what its steps say meanwhile")
    .action(async (id: string, { level, step, json, follow, ...target }: LogsFlags) => {
      const api = await apiOf(target, context.environment);
      const workspace = await workspaceOf(target, context.environment, api);
      const params = { ...workspace, id };
      let after: string | undefined;
      const isUnread = () => process.stdout.errored !== null;
      for (let wait = 0; ; wait = LOOK_EVERY_S) {
        // Asked first: what is printed then is all that an ended run has said.
        const isOver = follow !== true || hasEnded(await api.getRunResult({ params, query: { wait } }));
        for (let isMore = true; isMore && !isUnread(); ) {
          const query = { level, step, after, limit: PAGE } as LogsQuery;
          const { logs, next } = await api.listRunLogs({ params, query });
          for (const line of logs) context.say(json ? JSON.stringify(line) : renderLogLine(line));
          after = logs.at(-1)?.id ?? after;
          isMore = next !== null;
        }
        if (isOver || isUnread()) return;
      }
    });
}
