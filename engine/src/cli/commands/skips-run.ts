import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function skipsRunCommand(context: Context): Command {
  return withTarget(new Command("run"))
    .description("run the function anyway for an event that was skipped; twice is once")
    .argument("<skip>", "the skip's id, from durable skips ls")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.runSkip({ params: { ...workspace, id } });
      context.say(
        flags.json ? JSON.stringify(answer) : `Run ${answer.run} of ${answer.function} is on disk.`,
      );
    });
}
