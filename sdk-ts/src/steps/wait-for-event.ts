import {
  eventNameProblem,
  type JsonScalar,
  MATCH_PATHS_MAX,
  RESERVED_EVENT_PREFIX,
} from "@durable/protocol/wire";
import type { Duration } from "../duration.ts";
import { NonRetriableError } from "../errors.ts";
import type { DurableEvent, Untyped } from "../event.ts";
import type { Turn } from "../execution/turn.ts";
import { boundedMs } from "./bounded-duration.ts";

export interface WaitOptions {
  /** The event's name, without wildcards. */
  readonly event: string;
  /** Paths into the event's data and what they must equal: `{ userId: 1, "order.id": 2 }`. Up to 20. */
  readonly match?: Readonly<Record<string, string | number | boolean | null>> | undefined;
  /** After it the wait resolves with null. Default, and at most, 366 days. */
  readonly timeout?: Duration | undefined;
}

/**
 * `step.waitForEvent(name, { event, match, timeout })`: the event, or null after the timeout. An event that came since
 * the run began counts too, so it may be sent before the wait is reached. Nothing is held meanwhile.
 */
export type WaitForEvent = <Data = Untyped>(
  name: string,
  options: WaitOptions,
) => Promise<DurableEvent<Data> | null>;

export function makeWaitForEvent(turn: Turn): WaitForEvent {
  return (name, options) =>
    turn.ask({ op: "wait", name }, (id, n) => {
      const subject = `Step "${name}"`;
      const { event, match, timeout } = options;
      checkName(subject, event);
      turn.report({
        op: "wait",
        id,
        name,
        n,
        event,
        ...(match !== undefined && { match: checkMatch(subject, match) }),
        ...(timeout !== undefined && { timeout_ms: boundedMs(subject, timeout) }),
      });
    });
}

/** The engine's own events may be awaited, though not sent. */
function checkName(subject: string, name: unknown): void {
  if (typeof name !== "string") throw new NonRetriableError(`${subject}: "event" must name an event.`);
  const own = name.startsWith(RESERVED_EVENT_PREFIX) ? name.slice(RESERVED_EVENT_PREFIX.length) : name;
  const problem = eventNameProblem(own);
  if (problem !== null) throw new NonRetriableError(`${subject}: ${problem}`);
}

/** Undefined would vanish on the way, and the wait would take any event: better no wait than that. */
function checkMatch(subject: string, match: Readonly<Record<string, unknown>>): Record<string, JsonScalar> {
  const entries = Object.entries(match);
  if (entries.length > MATCH_PATHS_MAX) {
    throw new NonRetriableError(
      `${subject}: "match" has ${entries.length} paths; at most ${MATCH_PATHS_MAX} are possible.`,
    );
  }
  for (const [path, value] of entries) {
    const isScalar = value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
    if (isScalar) continue;
    throw new NonRetriableError(
      `${subject}: "match" compares "${path}" with ${String(value)}. It must be a string, a finite number, a boolean or null.`,
    );
  }
  return Object.fromEntries(entries) as Record<string, JsonScalar>;
}
