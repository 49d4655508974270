// Which of the waits at limits belong to which dispatch.
import { groupBy } from "./group-by.ts";
import { type Interval, interval } from "./phase.ts";
import type { RecordedLimitWait, RecordedTimes } from "./recorded-run.ts";

/** By step, null for the run's own leases; in the order in which they ended. */
export type LimitWaits = ReadonlyMap<string | null, readonly RecordedLimitWait[]>;

export function limitWaitsByStep(waits: readonly RecordedLimitWait[]): LimitWaits {
  const untilMs = (wait: RecordedLimitWait) => wait.untilMs ?? Number.POSITIVE_INFINITY;
  return groupBy(
    waits.toSorted((a, b) => untilMs(a) - untilMs(b)),
    ({ stepId }) => stepId,
  );
}

/** Engines set their clocks by the database's: on a busy machine they are off by as long as it takes to ask. */
const CLOCKS_MS = 1_000;

/** Those of the job that became this dispatch: between when it was ready and its lease. The step's own if it is a task, else the run's. */
export function limitWaitsOf(
  waits: LimitWaits,
  stepId: string | null,
  { scheduledMs, leasedMs }: RecordedTimes,
): readonly RecordedLimitWait[] {
  if (scheduledMs === null || leasedMs === null || waits.size === 0) return [];
  const ofJob = (group: readonly RecordedLimitWait[] = []) =>
    group.filter(
      ({ sinceMs, untilMs }) =>
        untilMs !== null && sinceMs >= scheduledMs - CLOCKS_MS && untilMs <= leasedMs + CLOCKS_MS,
    );
  const own = stepId === null ? [] : ofJob(waits.get(stepId));
  return own.length > 0 ? own : ofJob(waits.get(null));
}

/** Each from where the one before it ended: a job that leaves one limit for another has been ready since the same instant. */
export function limitIntervals(waits: LimitWaits, endMs: number): Interval[] {
  return [...waits.values()].flatMap((group) => {
    let leftMs = Number.NEGATIVE_INFINITY;
    return group.map(({ sinceMs, untilMs, limit }) => {
      const fromMs = Math.max(sinceMs, leftMs);
      leftMs = untilMs ?? endMs;
      return interval("limit", fromMs, leftMs, limit);
    });
  });
}
