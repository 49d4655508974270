import { SLEEP_MS_MAX } from "@durable/protocol/wire";
import { NonRetriableError } from "../errors.ts";
import type { Turn } from "../execution/turn.ts";
import { epochMsOf, type Instant } from "../instant.ts";
import { shown } from "../options.ts";

/** `step.sleepUntil(name, instant)`: goes on at a Date, an RFC 3339 instant or a Temporal.Instant; at once when that is past. */
export type SleepUntil = (name: string, until: Instant) => Promise<void>;

export function makeSleepUntil(turn: Turn): SleepUntil {
  return (name, until) =>
    turn.ask({ op: "sleep", name }, (id, n) =>
      turn.report({ op: "sleep", id, name, n, until: instantOf(name, until) }),
    );
}

function instantOf(name: string, until: Instant): string {
  const epochMs = epochMsOf(until);
  if (Number.isNaN(epochMs)) {
    throw new NonRetriableError(
      `Step "${name}": ${shown(until)} is no instant. Pass a valid Date or text with its zone, such as "2026-10-21T09:00:00Z".`,
    );
  }
  if (epochMs - Date.now() > SLEEP_MS_MAX) {
    throw new NonRetriableError(`Step "${name}": at most 366 days ahead are possible, and this is later.`);
  }
  // Before the year 0 or after 9999 the wire has no text for it; the past is the past.
  return new Date(Math.max(0, epochMs)).toISOString();
}
