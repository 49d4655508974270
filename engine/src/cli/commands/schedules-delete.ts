import { Command } from "commander";
import type { Context } from "../context.ts";
import { type TargetFlags, withTarget } from "../target.ts";
import { scheduleOf, withSchedule } from "./schedule-argument.ts";

export function schedulesDeleteCommand(context: Context): Command {
  return withTarget(withSchedule(new Command("delete")))
    .description("delete a schedule that was made by hand; its runs go on")
    .action(async (id: string, flags: TargetFlags) => {
      const { api, params } = await scheduleOf(id, flags, context);
      const answer = await api.deleteSchedule({ params });
      context.say(flags.json ? JSON.stringify(answer) : `The schedule ${id} is deleted.`);
    });
}
