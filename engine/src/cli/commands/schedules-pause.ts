import { Command } from "commander";
import type { Context } from "../context.ts";
import { type LimitFlags, withReason } from "./limits-change.ts";
import { scheduleOf, withSchedule } from "./schedule-argument.ts";

export function schedulesPauseCommand(context: Context): Command {
  return withReason(withSchedule(new Command("pause")))
    .description("let a schedule stand still, over deploys too, until it is resumed; its runs go on")
    .action(async (id: string, { reason, ...flags }: LimitFlags) => {
      const { api, params } = await scheduleOf(id, flags, context);
      const answer = await api.pauseSchedule({ params, body: { reason } });
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `The schedule ${id} is paused; durable schedules resume ${id} lets it go on.`,
      );
    });
}
