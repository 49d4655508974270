import type { Outcome, OutcomeKind } from "../domain/outcome.ts";

const ENDS: ReadonlySet<OutcomeKind> = new Set(["completed", "failed", "cancelled"]);

/**
 * The outcome, with a note of the dispatch where nothing else that it writes keeps its times: one that brought no entry and
 * no attempt, and did not end the run. So all that the app did is in the run's trace.
 */
export function noteTurn(outcome: Outcome): Outcome {
  const { steps, attempts, kind } = outcome;
  if (steps.length > 0 || attempts.length > 0 || ENDS.has(kind)) return outcome;
  return { ...outcome, attempts: [{ stepId: null, attempt: 1, outcome: "turn", failure: null }] };
}
