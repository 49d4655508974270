import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function webhooksRemoveCommand(context: Context): Command {
  return withTarget(new Command("rm"))
    .description("delete a webhook with all that waits for it")
    .argument("<webhook>", "the webhook's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.deleteWebhook({ params: { ...workspace, id } });
      context.say(flags.json ? JSON.stringify(answer) : `Webhook ${id} is deleted.`);
    });
}
