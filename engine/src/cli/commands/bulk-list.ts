import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function bulkListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list bulks, newest first")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listBulks({ params: workspace });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.bulks.length === 0) return context.say("There is no bulk yet.");
      const rows = answer.bulks.map((bulk) => [
        bulk.id,
        bulk.action,
        bulk.status,
        `${bulk.done + bulk.refused} of ${bulk.items}`,
        bulk.created_at,
        bulk.reason ?? "",
      ]);
      for (const line of table(["BULK", "ACTION", "STATUS", "DONE", "MADE", "REASON"], rows))
        context.say(line);
    });
}
