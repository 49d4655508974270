import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function resumeCommand(context: Context): Command {
  return withTarget(new Command("resume"))
    .description("let go on what `durable pause` has paused")
    .argument("<pause>", "its id, as `durable pauses` shows it")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, flags: TargetFlags & { readonly reason?: string }) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.resumePause({ params: { ...workspace, id }, body: { reason: flags.reason } });
      context.say(
        flags.json
          ? JSON.stringify(answer)
          : "It goes on, with what was held, in the order in which it came.",
      );
    });
}
