import { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export function callersRemoveCommand(context: Context): Command {
  return withTarget(new Command("remove"))
    .description("let an app invoke nothing of this one any more; what it has started goes on")
    .argument("<caller>", "the other app")
    .action(async (caller: string, flags: TargetFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const answer = await api.removeCaller({ params: { ...workspace, caller } });
      if (flags.json) return context.say(JSON.stringify(answer));
      context.say(`${caller} may invoke nothing of ${workspace.app} in ${workspace.env} any more.`);
    });
}
