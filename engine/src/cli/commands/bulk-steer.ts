import { Command } from "commander";
import type { Context } from "../context.ts";
import { followBulk } from "../follow-bulk.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

interface SteerFlags extends TargetFlags {
  readonly wait?: true;
  readonly reason?: string;
}

export function bulkSteerCommand(
  context: Context,
  act: "continue" | "pause" | "abort",
  description: string,
): Command {
  return withTarget(new Command(act))
    .description(description)
    .argument("<bulk>", "the bulk's id")
    .option("--wait", "stay until it is held or over")
    .option("--reason <text>", "kept in the audit log, for whoever asks later")
    .action(async (id: string, flags: SteerFlags) => {
      const api = await apiOf(flags, context.environment);
      const workspace = await workspaceOf(flags, context.environment, api);
      const params = { ...workspace, id };
      const answer = await api.steerBulk({ params, body: { act, reason: flags.reason } });
      if (flags.wait) return followBulk(context, api, params, flags.json === true);
      context.say(flags.json ? JSON.stringify(answer) : `Bulk ${id} is ${answer.status}.`);
    });
}
