import type { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, withTarget, workspaceOf } from "../target.ts";

export interface LimitFlags extends TargetFlags {
  readonly reason?: string;
}

export function withReason(command: Command): Command {
  return withTarget(command).option("--reason <text>", "kept in the audit log, for whoever asks later");
}

/** @param count Null goes back to what is declared. */
export async function changeLimit(
  context: Context,
  { reason, ...flags }: LimitFlags,
  id: string,
  count: number | null,
  sentence: string,
): Promise<void> {
  const api = await apiOf(flags, context.environment);
  const workspace = await workspaceOf(flags, context.environment, api);
  const answer = await api.setLimit({ params: { ...workspace, id }, body: { count, reason } });
  context.say(flags.json ? JSON.stringify(answer) : sentence);
}
