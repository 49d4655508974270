import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";
import { table } from "../terminal/table.ts";

export function webhooksListCommand(context: Context): Command {
  return withTarget(new Command("ls"))
    .description("list webhooks, newest first")
    .action(async (flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.listWebhooks({ params: workspace });
      if (flags.json) return context.say(JSON.stringify(answer));
      if (answer.webhooks.length === 0) return context.say("There is no webhook.");
      const rows = answer.webhooks.map(({ id, state, url, events, waiting, why }) => [
        id,
        state,
        url,
        events.join(" "),
        `${waiting}`,
        why ?? "",
      ]);
      for (const line of table(["WEBHOOK", "STATE", "ADDRESS", "EVENTS", "WAITING", "WHY"], rows))
        context.say(line);
    });
}
