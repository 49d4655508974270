import { Command } from "commander";
import type { Context } from "../context.ts";
import { type TargetFlags, withTarget } from "../target.ts";
import { scheduleOf, withSchedule } from "./schedule-argument.ts";

export function schedulesRunCommand(context: Context): Command {
  return withTarget(withSchedule(new Command("run")))
    .description("start a run of a schedule now")
    .action(async (id: string, flags: TargetFlags) => {
      const { api, params } = await scheduleOf(id, flags, context);
      const answer = await api.runSchedule({ params, body: {} });
      context.say(
        flags.json ? JSON.stringify(answer) : `Run ${answer.run} of ${answer.function} is on disk.`,
      );
    });
}
