import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface AddFlags extends TargetFlags {
  readonly event: readonly string[];
  readonly reason?: string;
}

export function webhooksAddCommand(context: Context): Command {
  return withTarget(new Command("add"))
    .description("send events to an address; prints the secret that they are signed with, once")
    .argument("<address>", "an https URL")
    .option("--event <name...>", "which: durable.run.failed, durable.alert.*", ["durable.alert.*"])
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (url: string, flags: AddFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { event: events, reason } = flags;
      const made = await api.createWebhook({ params: workspace, body: { url, events: [...events], reason } });
      if (flags.json) return context.say(JSON.stringify(made));
      context.say(`Webhook ${made.id} gets ${events.join(", ")}. durable webhooks test ${made.id} tries it.`);
      context.say(`Its secret is shown this once: ${made.secret}`);
    });
}
