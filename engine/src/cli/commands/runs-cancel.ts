import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface CancelFlags extends TargetFlags {
  readonly reason?: string;
  readonly undo: boolean;
}

export function runsCancelCommand(context: Context): Command {
  return withTarget(new Command("cancel"))
    .description("cancel a run for good")
    .argument("<run>", "the run's id")
    .option("--reason <text>", "kept with the run, for whoever asks later")
    .option("--no-undo", "leave completed steps as they are, also those that could be undone")
    .action(async (id: string, flags: CancelFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.cancelRun({
        params: { ...workspace, id },
        body: { reason: flags.reason, undo: flags.undo },
      });
      context.say(flags.json ? JSON.stringify(answer) : `Run ${answer.id} is ${SAID[answer.status]}.`);
    });
}

const SAID = {
  cancelled: "cancelled; nothing of it runs any more",
  cancelling: "cancelled; its completed steps are being undone, and nothing else of it runs any more",
  paused:
    "paused while it undoes its completed steps; runs resume goes on with that, --no-undo leaves the rest as it is",
  failing: "failing already and undoes its completed steps; --no-undo leaves the rest as it is",
};
