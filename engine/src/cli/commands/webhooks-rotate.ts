import { parseDuration } from "@durable/protocol/wire";
import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface RotateFlags extends TargetFlags {
  readonly overlap: string;
}

export function webhooksRotateCommand(context: Context): Command {
  return withTarget(new Command("rotate"))
    .description("give a webhook another secret; prints it, once")
    .argument("<webhook>", "the webhook's id")
    .option("--overlap <duration>", "for so long the one before signs, too", "1d")
    .action(async (id: string, flags: RotateFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const overlap_s = parseDuration(flags.overlap) / 1_000;
      const rotated = await api.rotateWebhookSecret({ params: { ...workspace, id }, body: { overlap_s } });
      if (flags.json) return context.say(JSON.stringify(rotated));
      context.say(
        `The one before signs for another ${flags.overlap}. The new one is shown this once: ${rotated.secret}`,
      );
    });
}
