import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface AllowFlags extends TargetFlags {
  readonly function: readonly string[];
  readonly reason?: string;
}

export function callersAllowCommand(context: Context): Command {
  return withTarget(new Command("allow"))
    .description("let another app of the environment invoke functions of this one")
    .argument("<caller>", "the other app")
    .option("--function <id...>", "which: charge, refund.*; instead of what it was allowed before", ["*"])
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (caller: string, flags: AllowFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const { function: functions, reason } = flags;
      const made = await api.allowCaller({
        params: { ...workspace, caller },
        body: { functions: [...functions], reason },
      });
      if (flags.json) return context.say(JSON.stringify(made));
      context.say(
        `${made.app} may invoke ${made.functions.join(", ")} of ${workspace.app} in ${workspace.env}.`,
      );
    });
}
