import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface PauseFlags extends TargetFlags {
  readonly reason?: string;
}

export function runsPauseCommand(context: Context): Command {
  return withTarget(new Command("pause"))
    .description("stop a run until it is resumed")
    .argument("<run>", "the run's id")
    .option("--reason <text>", "kept with the run, for whoever asks later")
    .action(async (id: string, flags: PauseFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.pauseRun({ params: { ...workspace, id }, body: { reason: flags.reason } });
      if (flags.json) return context.say(JSON.stringify(answer));
      context.say(
        answer.status === "pausing"
          ? `Run ${answer.id} pauses as soon as the call of its app that is under way is recorded.`
          : `Run ${answer.id} is paused; durable runs resume ${answer.id} lets it go on.`,
      );
    });
}
