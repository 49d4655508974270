import { TICK_EVENT_NAME } from "@durable/protocol/wire";
import type { Begin } from "../domain/begin.ts";
import { fact, readExpression } from "../domain/expressions.ts";
import { jitterOf } from "../domain/jitter.ts";
import { overlapGate } from "../domain/overlap.ts";
import type { Schedule } from "../domain/schedule.ts";
import { eventJson } from "../ingest/event-json.ts";
import { unmet } from "../ingest/facts-of.ts";
import type { IncomingEvent } from "../ingest/incoming-event.ts";

export type TickEvent = IncomingEvent & {
  readonly clientId: string;
  readonly tick: NonNullable<IncomingEvent["tick"]>;
};

/** The event of a tick: the same id whoever makes it, and however often. One that does not meet its condition starts no run. */
export function tickEvent(schedule: Schedule, tickMs: number): TickEvent {
  const words = wordsOf(schedule, tickMs);
  return {
    ...words,
    target: schedule.functionId,
    ...(schedule.jitterMs > 0 && { begin: begin(schedule, tickMs) }),
    tick: {
      gate: schedule.overlap === "allow" ? null : overlapGate(schedule.id),
      skip: schedule.condition === null ? null : skipOf(schedule.condition, words),
    },
  };
}

/** Looked at before it is accepted: one that starts no run neither waits for others nor cancels them. */
function skipOf(condition: string, words: ReturnType<typeof wordsOf>) {
  const event = fact(eventJson({ ...words, id: words.clientId }));
  return unmet([readExpression(condition, "event")], event);
}

function wordsOf({ id, data }: Schedule, tickMs: number) {
  const tick = new Date(tickMs).toISOString();
  return {
    clientId: tickEventId(id, tickMs),
    name: TICK_EVENT_NAME,
    data: data ?? JSON.stringify({ schedule: id, tick }),
    timeMs: tickMs,
  };
}

function begin({ id, jitterMs }: Schedule, tickMs: number): Begin {
  return { cause: "jitter", atMs: tickMs + jitterOf(id, tickMs, jitterMs) };
}

/** Of an event's id, as senders see it: the schedule whose tick it is, or that was run by hand; null for other events. */
export function scheduleOfTick(clientId: string): string | null {
  const [name, schedule] = clientId.split("/");
  return name === TICK_EVENT_NAME && schedule !== undefined ? schedule : null;
}

function tickEventId(scheduleId: string, tickMs: number): string {
  return `${TICK_EVENT_NAME}/${scheduleId}/${new Date(tickMs).toISOString()}`;
}
