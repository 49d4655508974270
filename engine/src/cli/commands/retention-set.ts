import { Command } from "commander";
import { usageError } from "../cli-error.ts";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface SetFlags extends TargetFlags {
  readonly reason?: string;
}

export function retentionSetCommand(context: Context): Command {
  return withTarget(new Command("set"))
    .description("keep runs so long after their end, and events after they came; what is older goes for good")
    .argument("<days>", "how many days")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (text: string, flags: SetFlags) => {
      if (!/^[1-9]\d*$/.test(text))
        throw usageError(`The days are ${JSON.stringify(text)}, and must be a whole number from 1.`);
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { reason } = flags;
      const answer = await api.setRetention({ params: workspace, body: { days: Number(text), reason } });
      if (flags.json) return context.say(JSON.stringify(answer));
      context.say(`What is over is kept for ${answer.days} days from now on; it was ${answer.before}.`);
    });
}
