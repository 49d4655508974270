import type { AttemptStored } from "../store/runs-listing-detail.ts";

/** In the order in which they come: looked for step by step, those of a long run would be looked at a hundred million times. */
export function attemptsOfSteps(attempts: readonly AttemptStored[]): ReadonlyMap<string, AttemptStored[]> {
  const ofSteps = new Map<string, AttemptStored[]>();
  for (const attempt of attempts) {
    const known = ofSteps.get(attempt.step_id);
    if (known === undefined) ofSteps.set(attempt.step_id, [attempt]);
    else known.push(attempt);
  }
  return ofSteps;
}
