import { Command } from "commander";
import type { Context } from "../context.ts";
import { type TargetFlags, withTarget } from "../target.ts";
import { scheduleOf, withSchedule } from "./schedule-argument.ts";

export function schedulesBackfillCommand(context: Context): Command {
  return withTarget(withSchedule(new Command("backfill")))
    .description("start the ticks of a time that is over and that started nothing, 1,000 at most")
    .argument("<from>", "an instant: 2026-10-21T09:00:00Z")
    .argument("<to>", "another, included")
    .action(async (id: string, from: string, to: string, flags: TargetFlags) => {
      const { api, params } = await scheduleOf(id, flags, context);
      const answer = await api.backfillSchedule({ params, body: { from, to } });
      const { ticks, started } = answer;
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `${started} of ${ticks} ticks of ${id} have started a run now; the others had been accepted before.`,
      );
    });
}
