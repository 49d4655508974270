// The pauses after failed attempts: how long they were, or will be.
import { attemptsByStep } from "./attempts-by-step.ts";
import type { RecordedAttempt, RecordedRun } from "./recorded-run.ts";

const FAILED: ReadonlySet<RecordedAttempt["outcome"]> = new Set(["failed", "transport", "protocol"]);

/** Of each failed attempt that another one follows, or is to follow: when that one is ready. */
export function retryPauses(run: RecordedRun): Map<RecordedAttempt, number> {
  const entries = new Map(run.entries.map((entry) => [entry.id, entry]));
  const pauses = new Map<RecordedAttempt, number>();
  for (const [stepId, attempts] of attemptsByStep(run.attempts)) {
    const sorted = attempts.filter(({ outcome }) => outcome !== "late");
    for (const [index, attempt] of sorted.entries()) {
      if (!FAILED.has(attempt.outcome)) continue;
      const next = sorted[index + 1];
      const entry = stepId === null ? undefined : entries.get(stepId);
      const againMs =
        next !== undefined
          ? startOf(next)
          : entry !== undefined
            ? entry.dueMs
            : nextDispatchMs(run, attempt.committedMs);
      if (againMs !== null && againMs > attempt.committedMs) pauses.set(attempt, againMs);
    }
  }
  return pauses;
}

function startOf({ scheduledMs, leasedMs, sentMs, committedMs }: RecordedAttempt): number {
  return scheduledMs ?? leasedMs ?? sentMs ?? committedMs;
}

/** The next dispatch of anything after this. */
function nextDispatchMs(
  { entries, attempts, last, endedMs, nowMs }: RecordedRun,
  afterMs: number,
): number | null {
  let next: number | null = null;
  for (const { scheduledMs } of [...entries, ...attempts, ...(last === null ? [] : [last])]) {
    if (scheduledMs !== null && scheduledMs >= afterMs && (next === null || scheduledMs < next))
      next = scheduledMs;
  }
  return next ?? (endedMs === null ? nowMs : null);
}
