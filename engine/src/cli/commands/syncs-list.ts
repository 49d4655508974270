import { Command } from "commander";
import type { AnswerOf } from "../../http/contract/table.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

interface SyncsFlags extends TargetFlags {
  readonly failed?: true;
  readonly limit?: string;
  readonly cursor?: string;
}

export function syncsListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list what the engine learnt of an app, and what kept it from learning, newest first")
    .option("--failed", "only those that failed")
    .option("--limit <number>", "how many at once (20)")
    .option("--cursor <cursor>", "the next page: what the one before ended with")
    .action(async ({ failed, limit, cursor, ...flags }: SyncsFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const outcome = failed ? ("failed" as const) : undefined;
      const page = await api.listSyncs({ params: workspace, query: { outcome, limit, cursor } });
      if (flags.json) return context.say(JSON.stringify(page));
      if (page.syncs.length === 0) return context.say("There was no such sync.");
      const rows = page.syncs.map((sync) => [
        sync.seen_at,
        sync.outcome,
        String(sync.count),
        sync.by,
        sync.deployment ?? "",
        whatOf(sync),
      ]);
      for (const line of table(["LAST", "OUTCOME", "TIMES", "BY", "DEPLOYMENT", "WHAT"], rows))
        context.say(line);
      if (page.next !== null) context.note(`There is more: --cursor ${page.next}`);
    });
}

function whatOf({ problem, functions }: AnswerOf<"listSyncs">["syncs"][number]): string {
  if (problem !== null) return problem.detail;
  if (functions.length === 0) return "the same functions";
  return functions
    .map(({ id, change, to }) => `${change} ${id}${to === null ? "" : `, version ${to}`}`)
    .join("; ");
}
