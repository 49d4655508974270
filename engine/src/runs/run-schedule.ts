import { TICK_EVENT_NAME } from "@durable/protocol/wire";
import { notFound, Problem } from "../domain/problems.ts";
import { lineOf } from "../domain/schedule.ts";
import { ticksAfter } from "../domain/ticks.ts";
import type { EventAcceptor, StartedRun } from "../ingest/accept-events.ts";
import { boundedId } from "../ingest/bounded-id.ts";
import type { Database } from "../store/database.ts";
import { findEvent } from "../store/events.ts";
import type { ScheduleStored } from "../store/schedules.ts";
import { tickEvent } from "./tick.ts";

export interface RunScheduleParts {
  readonly database: Database;
  readonly acceptEvents: Pick<EventAcceptor, "accept">;
}

export const BACKFILL_TICKS_MAX = 1_000;
/** Accepted at once: fewer than make the door think that senders press. */
const AT_ONCE = 100;

/**
 * Starts a run now, between the ticks. One that may not overlap waits for those under way, whatever its policy says: who
 * asks for it wants it, and it meets no condition.
 * @param id Sent again under the same, it finds the run there is.
 * @throws Problem
 */
export async function runSchedule(
  { database, acceptEvents }: RunScheduleParts,
  schedule: ScheduleStored,
  id: string | null,
): Promise<StartedRun> {
  const { workspaceId, functionId, nowMs } = schedule;
  const clientId = id === null ? null : boundedId(`${TICK_EVENT_NAME}/${schedule.id}/run/${id}`);
  const result = await acceptEvents.accept(workspaceId, [
    { ...tickEvent({ ...schedule, jitterMs: 0, condition: null }, nowMs), clientId },
  ]);
  const started = result.state === "accepted" ? result.runs[0] : undefined;
  if (started !== undefined) return started;
  const runId = clientId === null ? null : await findEvent(database, workspaceId, clientId);
  if (runId === null) throw notStarted(functionId);
  return { event: clientId!, function: functionId, run: runId };
}

/**
 * Starts the ticks of a time that is over and that started nothing: those that did have their ids.
 * @returns How many there are, and how many have started a run now.
 * @throws Problem `validation` for more than BACKFILL_TICKS_MAX.
 */
export async function backfillSchedule(
  { acceptEvents }: Pick<RunScheduleParts, "acceptEvents">,
  schedule: ScheduleStored,
  fromMs: number,
  toMs: number,
): Promise<{ readonly ticks: number; readonly started: number }> {
  const ticks: number[] = [];
  for (const tick of ticksAfter(lineOf(schedule), fromMs - 1, Math.min(toMs, schedule.nowMs))) {
    if (ticks.push(tick) <= BACKFILL_TICKS_MAX) continue;
    const detail = `names more than ${BACKFILL_TICKS_MAX} ticks; the ${BACKFILL_TICKS_MAX}th comes at ${new Date(ticks[BACKFILL_TICKS_MAX - 1]!).toISOString()}`;
    throw new Problem("validation", `/to: ${detail}. Ask for one part after the other.`, {
      errors: [{ pointer: "/to", detail }],
    });
  }
  let started = 0;
  for (let at = 0; at < ticks.length; at += AT_ONCE) {
    const results = await Promise.all(
      ticks
        .slice(at, at + AT_ONCE)
        .map((tick) => acceptEvents.accept(schedule.workspaceId, [tickEvent(schedule, tick)])),
    );
    started += results.filter((result) => result.state === "accepted" && result.runs.length > 0).length;
  }
  return { ticks: ticks.length, started };
}

function notStarted(functionId: string): Problem {
  const { message } = notFound();
  return new Problem(
    "not-found",
    `No run of "${functionId}" was started: the app does not serve it, or it does not take this data; durable events and the skips say which. ${message}`,
  );
}
