import { isDeepStrictEqual } from "node:util";
import { type CronTrigger, type FunctionManifest, writeJson } from "@durable/protocol/wire";
import { hashedUuid } from "../domain/ids.ts";
import type { Schedule } from "../domain/schedule.ts";

export type DeclaredSchedule = Omit<Schedule, "workspaceId">;

/** Characters of the hash in the id. */
const HASH_CHARACTERS = 8;

/** One line in one zone may stand there several times, for several conditions or data: each is a schedule. */
export function declaredSchedules({ id: functionId, triggers }: FunctionManifest): DeclaredSchedule[] {
  const schedules: DeclaredSchedule[] = [];
  for (const trigger of triggers) {
    if (!("cron" in trigger)) continue;
    const { id, ...rules } = scheduleOf(functionId, trigger);
    const alike = schedules.filter((other) => other.cron === rules.cron && other.tz === rules.tz);
    // Written twice just so, it is one.
    if (alike.some((other) => isDeepStrictEqual({ ...other, id: "" }, { ...rules, id: "" }))) continue;
    schedules.push({ ...rules, id: alike.length === 0 ? id : `${id}-${alike.length + 1}` });
  }
  return schedules;
}

function scheduleOf(functionId: string, trigger: CronTrigger): DeclaredSchedule {
  const {
    if: condition = null,
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
    condition,
    jitterMs,
    catchUp,
    overlap,
    data: data === undefined ? null : writeJson(data),
  };
}
