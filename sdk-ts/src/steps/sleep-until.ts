import { SLEEP_MS_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { Turn } from "../execution/turn.ts";

/** `step.sleepUntil(name, instant)`: goes on at a Date or an RFC 3339 instant; at once when that is past. */
export type SleepUntil = (name: string, until: Date | string) => Promise<void>;

export function makeSleepUntil(turn: Turn): SleepUntil {
  return (name, until) =>
    turn.ask({ op: "sleep", name }, (id, n) =>
      turn.report({ op: "sleep", id, name, n, until: instantOf(name, until) }),
    );
}

function instantOf(name: string, until: Date | string): string {
  const epochMs = until instanceof Date ? until.getTime() : Date.parse(until);
  if (Number.isNaN(epochMs)) {
    throw new NonRetriableError(
      `Step "${name}": ${JSON.stringify(until)} is no instant. Pass a valid Date or text such as "2026-10-21T09:00:00Z".`,
    );
  }
  if (epochMs - Date.now() > SLEEP_MS_MAX) {
    throw new NonRetriableError(`Step "${name}": at most 366 days ahead are possible, and this is later.`);
  }
  // Before the year 0 or after 9999 the wire has no text for it; the past is the past.
  return new Date(Math.max(0, epochMs)).toISOString();
}
