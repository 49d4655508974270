import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

interface AuditFlags extends TargetFlags {
  readonly actor?: string;
  readonly action?: string;
  readonly run?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

export function auditListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list what people, keys and apps changed, newest first")
    .option("--actor <name>", 'as in "admin" or "api-key 7"')
    .option("--action <name>", "as in run.cancel")
    .option("--run <id>", "only what was done to this run")
    .option("--from <instant>", "as in 2026-10-21T09:00:00Z")
    .option("--to <instant>", "not included")
    .option("--limit <number>", "how many at once (50)")
    .option("--cursor <cursor>", "the next page: what the one before ended with")
    .action(async ({ actor, action, run, from, to, limit, cursor, ...flags }: AuditFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const page = await api.listAudit({
        params: workspace,
        query: { actor, action, target: run, from, to, limit, cursor },
      });
      if (flags.json) return context.say(JSON.stringify(page));
      if (page.audit.length === 0) return context.say("Nothing like that was done here.");
      const rows = page.audit.map((deed) => [
        deed.at,
        deed.actor,
        deed.action,
        deed.target,
        deed.detail ?? "",
      ]);
      for (const line of table(["AT", "WHO", "DID", "TO", "DETAIL"], rows)) context.say(line);
      if (page.next !== null) context.note(`There is more: --cursor ${page.next}`);
    });
}
