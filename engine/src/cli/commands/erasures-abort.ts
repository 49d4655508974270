import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface AbortFlags extends TargetFlags {
  readonly reason?: string;
}

export function erasuresAbortCommand(context: Context): Command {
  return withTarget(new Command("abort"))
    .description("call an erasure off, before it begins to delete")
    .argument("<erasure>", "the erasure's id")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, { reason, ...flags }: AbortFlags) => {
      const api = await apiOf(flags, context.environment);
      const params = { ...(await workspaceOf(flags, context.environment, api)), id };
      const erasure = await api.abortErasure({ params, body: { ...(reason !== undefined && { reason }) } });
      if (flags.json) context.say(JSON.stringify(erasure));
      else context.say(`Erasure ${id} is called off. Nothing was erased.`);
    });
}
