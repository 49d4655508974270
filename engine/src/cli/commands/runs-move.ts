import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface MoveFlags extends TargetFlags {
  readonly to: string;
  readonly reason?: string;
}

export function runsMoveCommand(context: Context): Command {
  return withTarget(new Command("move"))
    .description("go on with a run at another deployment of its app; all recorded results are kept")
    .argument("<run>", "the run's id")
    .requiredOption("--to <deployment>", "the name of a deployment that was synced, or latest")
    .option("--reason <text>", "kept with the run, for whoever asks later")
    .action(async (id: string, flags: MoveFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { to, reason } = flags;
      const answer = await api.moveRun({ params: { ...workspace, id }, body: { to, reason } });
      const from =
        answer.status === "running" ? "when the call under way is over" : "from its next dispatch on";
      context.say(
        flags.json ? JSON.stringify(answer) : `Run ${id} goes on at ${to} ${from} (${answer.status}).`,
      );
    });
}
