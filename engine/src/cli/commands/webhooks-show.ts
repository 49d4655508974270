import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

const SHOWN_MAX = 50;

export function webhooksShowCommand(context: Context): Command {
  return withTarget(new Command("show"))
    .description("the last deliveries of a webhook, with what came of them")
    .argument("<webhook>", "the webhook's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const webhook = await api.getWebhook({ params: { ...workspace, id }, query: { limit: SHOWN_MAX } });
      if (flags.json) return context.say(JSON.stringify(webhook));
      const { state, url, failing_since: since, why } = webhook;
      context.say(
        `${url} is ${state}${since === null ? "" : `, not answered well since ${since}`}. ${why ?? ""}`.trim(),
      );
      const rows = webhook.deliveries.map((delivery) => [
        delivery.id,
        delivery.event,
        delivery.state,
        `${delivery.attempts}`,
        delivery.last_error ?? "",
        delivery.due_at ?? "",
      ]);
      if (rows.length === 0) return context.say("Nothing was sent to it lately.");
      for (const line of table(["ID", "EVENT", "STATE", "ATTEMPTS", "LAST ERROR", "NEXT"], rows))
        context.say(line);
    });
}
