import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface SetFlags extends TargetFlags {
  readonly reason?: string;
}

export function webhooksSetCommand(context: Context, enabled: boolean): Command {
  const description = enabled
    ? "send to a webhook again, what waits first"
    : "send nothing to a webhook; what waits stays";
  return withTarget(new Command(enabled ? "enable" : "disable"))
    .description(description)
    .argument("<webhook>", "the webhook's id")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, flags: SetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { reason } = flags;
      const webhook = await api.changeWebhook({ params: { ...workspace, id }, body: { enabled, reason } });
      context.say(flags.json ? JSON.stringify(webhook) : `Webhook ${id} is ${webhook.state}.`);
    });
}
