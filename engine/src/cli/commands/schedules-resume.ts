import { Command } from "commander";
import type { Context } from "../context.ts";
import { type TargetFlags, withTarget } from "../target.ts";
import { scheduleOf, withSchedule } from "./schedule-argument.ts";

export function schedulesResumeCommand(context: Context): Command {
  return withTarget(withSchedule(new Command("resume")))
    .description("let a paused schedule go on; it owes nothing for the time it stood still")
    .action(async (id: string, flags: TargetFlags) => {
      const { api, params } = await scheduleOf(id, flags, context);
      const answer = await api.resumeSchedule({ params, body: {} });
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : `The schedule ${id} comes next at ${answer.next[0] ?? "no time"}.`,
      );
    });
}
