import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function retentionShowCommand(context: Context): Command {
  return withTarget(new Command("show"))
    .description("how long what is over is kept, and how far old things are gone")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.getRetention({ params: workspace });
      if (flags.json) return context.say(JSON.stringify(answer));
      const { days, runs_deleted: runs, events_deleted: events, walked_at: at, partitions } = answer;
      context.say(`Runs are kept for ${days} days after their end, events after they came.`);
      context.say(
        at === null
          ? "Nothing was looked through yet."
          : `Looked through last at ${at}; deleted one by one so far: runs ${runs}, events ${events}.`,
      );
      const rows = partitions.map((one) => [one.from, one.to, one.state, one.dropped_at ?? ""]);
      for (const line of table(["FROM", "TO", "PARTITION", "DROPPED AT"], rows)) context.say(line);
    });
}
