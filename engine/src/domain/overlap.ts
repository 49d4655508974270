import type { Gate } from "./gates.ts";
import { hashedUuid } from "./ids.ts";

/** What a tick does that comes while a run of an earlier one is under way. */
export type Overlap = "allow" | "skip" | "queue" | "cancel";

/** The same as `durable.overlap_limit()`. */
export const OVERLAP_LIMIT_ID = hashedUuid("schedules", "overlap");

/** What lets one run of the schedule in at a time, whoever started it. */
export function overlapGate(scheduleId: string): Gate {
  const key = JSON.stringify(scheduleId);
  return { id: hashedUuid(OVERLAP_LIMIT_ID, "run", key), limitId: OVERLAP_LIMIT_ID, unit: "run", key };
}
