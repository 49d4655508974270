import type { Command } from "commander";
import type { Context } from "../context.ts";
import { apiOf, type TargetFlags, workspaceOf } from "../target.ts";

export function withSchedule(command: Command): Command {
  return command.argument("<schedule>", "its id, as `schedules ls` shows it");
}

/** The engine, and the path of the schedule in its API. */
export async function scheduleOf(id: string, flags: TargetFlags, { environment }: Context) {
  const api = await apiOf(flags, environment);
  return { api, params: { ...(await workspaceOf(flags, environment, api)), id } };
}
