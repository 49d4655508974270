import { Command } from "commander";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function webhooksTestCommand(context: Context): Command {
  return withTarget(new Command("test"))
    .description("send a test to a webhook now, and say what it answered")
    .argument("<webhook>", "the webhook's id")
    .action(async (id: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const tested = await api.testWebhook({ params: { ...workspace, id } });
      if (!tested.taken) context.exitCode = EXIT.failed;
      if (flags.json) return context.say(JSON.stringify(tested));
      context.say(
        tested.taken ? `It was taken, with ${tested.status}.` : `It was not taken. ${tested.detail}`,
      );
    });
}
