import { Command } from "commander";
import type { Context } from "../context.ts";
import { describeEntry } from "../run-view/describe-entry.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { oneLine } from "../terminal/fit.ts";

interface HistoryFlags extends TargetFlags {
  readonly logs?: true;
  readonly desc?: true;
}

const PAGE = 500;

export function runsHistoryCommand(context: Context): Command {
  return withTarget(new Command("history"))
    .description("print what happened to a run, entry by entry; with --json one object per line")
    .argument("<run>", "the run's id")
    .option("--logs", "with what the code of each attempt said")
    .option("--desc", "the newest first")
    .action(async (id: string, { logs, desc, json, ...target }: HistoryFlags) => {
      const api = await apiOf(target, context.environment);
      const workspace = await workspaceOf(target, context.environment, api);
      const asked = { order: desc ? "desc" : "asc", logs: logs ? "true" : "false", limit: PAGE } as const;
      for (let cursor: number | undefined, isMore = true; isMore && process.stdout.errored === null; ) {
        const { entries, next } = await api.getRunHistory({
          params: { ...workspace, id },
          query: { ...asked, cursor },
        });
        for (const entry of entries) {
          if (json) context.say(JSON.stringify(entry));
          else {
            context.say(`${String(entry.seq).padStart(4)}  ${entry.at}  ${describeEntry(entry)}`);
            for (const { at, level, message } of entry.logs ?? [])
              context.say(
                context.paint.dim(`      ${at}  ${level.toUpperCase().padEnd(5)} ${oneLine(message)}`),
              );
          }
        }
        cursor = next ?? undefined;
        isMore = next !== null;
      }
    });
}
