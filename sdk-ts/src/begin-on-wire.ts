import { beginProblem, SLEEP_MS_MAX, type Start } from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";
import { NonRetriableError } from "./errors.ts";
import { epochMsOf, type Instant } from "./instant.ts";

/** When something shall begin: so much later, or at a time. At once unless told. */
export interface BeginOptions {
  readonly delay?: Duration | undefined;
  readonly at?: Instant | undefined;
}

/**
 * The same under the names of the wire.
 * @param subject How a sentence about it begins.
 * @throws NonRetriableError with what is wrong with it.
 */
export function beginOnWire(subject: string, { delay, at }: BeginOptions): Start {
  if (delay !== undefined && at !== undefined) {
    throw new NonRetriableError(`${subject} has both "delay" and "at"; it can begin once.`);
  }
  if (delay !== undefined) return { delay_ms: delayMs(subject, delay) };
  if (at === undefined) return {};
  const date = new Date(epochMsOf(at));
  const start = { at: Number.isNaN(date.getTime()) ? "" : date.toISOString() };
  if (beginProblem(start) === null) return start;
  throw new NonRetriableError(
    `${subject}: "at" is neither a valid Date nor an RFC 3339 instant with its zone.`,
  );
}

function delayMs(subject: string, delay: Duration): number {
  const ms = durationMs(delay);
  if (ms <= SLEEP_MS_MAX) return ms;
  throw new NonRetriableError(`${subject}: "delay" is at most 366 days.`);
}
