import { groupBy } from "./group-by.ts";
import type { RecordedAttempt } from "./recorded-run.ts";

/** In the order in which they were committed; null for those of the run itself. */
export function attemptsByStep(attempts: readonly RecordedAttempt[]): Map<string | null, RecordedAttempt[]> {
  const byStep = groupBy(attempts, ({ stepId }) => stepId);
  for (const group of byStep.values())
    if (group.length > 1) group.sort((a, b) => a.committedMs - b.committedMs);
  return byStep;
}
