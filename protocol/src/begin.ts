import { parseInstant } from "./instant.ts";
import type { Start } from "./messages/event.ts";

/** What is wrong with when something shall begin; null when nothing is. */
export function beginProblem({ delay_ms: delayMs, at }: Start): string | null {
  if (at === undefined) return null;
  if (delayMs !== undefined) return "says when it begins a second time, beside delay_ms: give one of them";
  return parseInstant(at) === null
    ? "must be an RFC 3339 instant in UTC, such as 2026-10-21T09:00:00.000Z"
    : null;
}
