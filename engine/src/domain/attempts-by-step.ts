import type { RecordedAttempt } from "./recorded-run.ts";

/** In the order in which they were committed; null for those of the run itself. */
export function attemptsByStep(attempts: readonly RecordedAttempt[]): Map<string | null, RecordedAttempt[]> {
  const byStep = new Map<string | null, RecordedAttempt[]>();
  for (const attempt of attempts) {
    const group = byStep.get(attempt.stepId);
    if (group === undefined) byStep.set(attempt.stepId, [attempt]);
    else group.push(attempt);
  }
  for (const group of byStep.values())
    if (group.length > 1) group.sort((a, b) => a.committedMs - b.committedMs);
  return byStep;
}
