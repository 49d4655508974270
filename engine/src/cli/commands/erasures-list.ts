import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function erasuresListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list what was erased of owners, and how far that is, newest first")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listErasures({ params: workspace });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.erasures.length === 0) return context.say("Nothing was erased yet.");
      const rows = answer.erasures.map(({ id, status, path, found, erased, created_at, reason }) => [
        id,
        status,
        path,
        `${erased.runs} of ${found.runs}`,
        `${erased.events} of ${found.events}`,
        created_at,
        reason ?? "",
      ]);
      for (const line of table(["ERASURE", "STATUS", "BY", "RUNS", "EVENTS", "MADE", "REASON"], rows))
        context.say(line);
    });
}
