// The pauses after failed attempts: how long they were, or will be.
import { attemptsByStep } from "./attempts-by-step.ts";
import type { RecordedAttempt, RecordedRun } from "./recorded-run.ts";

const FAILED: ReadonlySet<RecordedAttempt["outcome"]> = new Set(["failed", "transport", "protocol"]);

/** Of each failed attempt that another one follows, or is to follow: when that one is ready. */
export function retryPauses(run: RecordedRun): Map<RecordedAttempt, number> {
  const entries = new Map(run.entries.map((entry) => [entry.id, entry]));
  const pauses = new Map<RecordedAttempt, number>();
  // Only the run's own attempts need it: mostly there are none.
  let sortedMs: Float64Array | null = null;
  const dispatches = () => (sortedMs ??= dispatchesOf(run));
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
            : nextDispatchMs(run, dispatches(), attempt.committedMs);
      if (againMs !== null && againMs > attempt.committedMs) pauses.set(attempt, againMs);
    }
  }
  return pauses;
}

function startOf({ scheduledMs, leasedMs, sentMs, committedMs }: RecordedAttempt): number {
  return scheduledMs ?? leasedMs ?? sentMs ?? committedMs;
}

/** When each was ready, the first one first. */
function dispatchesOf({ entries, attempts, last }: RecordedRun): Float64Array {
  const readyMs: number[] = [];
  for (const { scheduledMs } of entries) if (scheduledMs !== null) readyMs.push(scheduledMs);
  for (const { scheduledMs } of attempts) if (scheduledMs !== null) readyMs.push(scheduledMs);
  if (last !== null && last.scheduledMs !== null) readyMs.push(last.scheduledMs);
  return Float64Array.from(readyMs).sort();
}

/** The next dispatch of anything after this. */
function nextDispatchMs(
  { endedMs, nowMs }: RecordedRun,
  sortedMs: Float64Array,
  afterMs: number,
): number | null {
  let [from, to] = [0, sortedMs.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (sortedMs[middle]! < afterMs) from = middle + 1;
    else to = middle;
  }
  return sortedMs[from] ?? (endedMs === null ? nowMs : null);
}
