import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { formatDuration } from "../terminal/duration.ts";
import { table } from "../terminal/table.ts";

interface ListFlags extends TargetFlags {
  readonly function?: string;
  readonly limit: string;
}

export function schedulesListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .alias("list")
    .description("list schedules, with when they come next")
    .option("--function <id>", "only of this function")
    .option("--limit <number>", "how many", "100")
    .action(async ({ function: functionId, limit, ...flags }: ListFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const query = { function: functionId, limit };
      const { schedules, next } = await api.listSchedules({ params: workspace, query });
      if (flags.json) return context.say(JSON.stringify({ schedules, next }));
      if (schedules.length === 0) return context.say(`${workspace.app} (${workspace.env}) has no schedules.`);
      const nowMs = Date.now();
      const rows = schedules.map((schedule) => [
        schedule.id,
        schedule.function,
        schedule.cron,
        schedule.tz,
        schedule.state,
        schedule.next[0] === undefined ? "-" : `in ${formatDuration(Date.parse(schedule.next[0]) - nowMs)}`,
        schedule.last_tick_at === null
          ? "-"
          : `${formatDuration(nowMs - Date.parse(schedule.last_tick_at))} ago`,
        schedule.last_run ?? "-",
      ]);
      const head = ["SCHEDULE", "FUNCTION", "CRON", "ZONE", "STATE", "NEXT", "LAST", "LAST RUN"];
      for (const line of table(head, rows)) context.say(line);
      if (next !== null)
        context.note("There are more; raise --limit (500 at most) or narrow with --function.");
    });
}
