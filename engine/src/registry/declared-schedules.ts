import { type CronTrigger, type FunctionManifest, writeJson } from "@durable/protocol/wire";
import { hashedUuid } from "../domain/ids.ts";
import type { Schedule } from "../domain/schedule.ts";

export type DeclaredSchedule = Omit<Schedule, "workspaceId">;

/** Characters of the hash in the id. */
const HASH_CHARACTERS = 8;

/** One line in one zone, declared twice by a function, is one schedule: the first of the two. */
export function declaredSchedules({ id: functionId, triggers }: FunctionManifest): DeclaredSchedule[] {
  const schedules = new Map<string, DeclaredSchedule>();
  for (const trigger of triggers) {
    if (!("cron" in trigger)) continue;
    const schedule = scheduleOf(functionId, trigger);
    if (!schedules.has(schedule.id)) schedules.set(schedule.id, schedule);
  }
  return [...schedules.values()];
}

function scheduleOf(functionId: string, trigger: CronTrigger): DeclaredSchedule {
  const {
    tz = "UTC",
    jitter_ms: jitterMs = 0,
    catch_up: catchUp = "last",
    overlap = "allow",
    data,
  } = trigger;
  const cron = trigger.cron.trim().split(/\s+/).join(" ");
  // No id that a person may give has a colon.
  const id = `${functionId}:${hashedUuid(cron, tz).slice(0, HASH_CHARACTERS)}`;
  return {
    id,
    functionId,
    cron,
    tz,
    jitterMs,
    catchUp,
    overlap,
    data: data === undefined ? null : writeJson(data),
  };
}
