// Outcomes as tests and benchmarks commit them by hand.
import type { Outcome, OutcomeKind } from "../../engine/src/domain/outcome.ts";

/** Of a dispatch that nobody made. */
export const NO_TIMES = {
  scheduled: null,
  leased: null,
  sent: null,
  firstByte: null,
  received: null,
  appMs: null,
} as const;

export function outcome(kind: OutcomeKind, more: Partial<Outcome> = {}): Outcome {
  return {
    kind,
    result: kind === "completed" ? "{}" : kind === "failed" ? '{"name":"Error","message":"no"}' : null,
    unclaimed: null,
    steps: [],
    sends: [],
    attempts: [],
    effects: [],
    runAttempt: 0,
    transportAttempt: 0,
    retryMs: null,
    ...more,
  };
}
