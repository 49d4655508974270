import { TICK_EVENT_NAME } from "@durable/protocol/wire";
import type { Begin } from "../domain/begin.ts";
import { jitterOf } from "../domain/jitter.ts";
import { overlapGate } from "../domain/overlap.ts";
import type { Schedule } from "../domain/schedule.ts";
import type { IncomingEvent } from "../ingest/incoming-event.ts";
import type { SkipRow } from "../store/event-rows.ts";

/** The event of a tick: the same id whoever makes it, and however often. */
export function tickEvent(schedule: Schedule, tickMs: number, skip: Skip | null = null): IncomingEvent {
  const tick = new Date(tickMs).toISOString();
  return {
    clientId: tickEventId(schedule.id, tickMs),
    name: TICK_EVENT_NAME,
    data: schedule.data ?? JSON.stringify({ schedule: schedule.id, tick }),
    timeMs: tickMs,
    target: schedule.functionId,
    ...(schedule.jitterMs > 0 && { begin: begin(schedule, tickMs) }),
    tick: { gate: schedule.overlap === "allow" ? null : overlapGate(schedule.id), skip },
  };
}

type Skip = Pick<SkipRow, "reason" | "detail" | "facts">;

function begin({ id, jitterMs }: Schedule, tickMs: number): Begin {
  return { cause: "jitter", atMs: tickMs + jitterOf(id, tickMs, jitterMs) };
}

export function tickEventId(scheduleId: string, tickMs: number): string {
  return `${TICK_EVENT_NAME}/${scheduleId}/${new Date(tickMs).toISOString()}`;
}
