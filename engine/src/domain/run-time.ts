// Where the time of a run went.
import { dispatchPhases } from "./dispatch-phases.ts";
import { limitIntervals, limitWaitsByStep, limitWaitsOf } from "./limit-waits.ts";
import { append, partition } from "./partition.ts";
import { type Interval, interval } from "./phase.ts";
import { OPEN_FOR, type RecordedEntry, type RecordedRun, type RecordedTimes } from "./recorded-run.ts";
import { retryPauses } from "./retry-pauses.ts";

/** Every moment from its creation to its end, or to the moment at which it was read, in exactly one phase. */
export function partitionRun(run: RecordedRun): Interval[] {
  return withQueue(partition(run.createdMs, endOf(run), runIntervals(run)), lastLeaseMs(run));
}

/**
 * A run that waits for nothing has a job, or a lease that nothing came of: what nothing else explains before its last lease
 * is the queue.
 */
function withQueue(cover: readonly Interval[], untilMs: number): Interval[] {
  const explained: Interval[] = [];
  for (const { phase, fromMs, toMs, limit } of cover) {
    const leftMs = phase === "idle" ? Math.min(toMs, Math.max(fromMs, untilMs)) : fromMs;
    if (leftMs > fromMs) append(explained, "queue", fromMs, leftMs, null);
    if (toMs > leftMs) append(explained, phase, leftMs, toMs, limit);
  }
  return explained;
}

function lastLeaseMs(run: RecordedRun): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { leasedMs, sentMs } of dispatched(run)) lastMs = Math.max(lastMs, leasedMs ?? sentMs ?? lastMs);
  return lastMs === Number.NEGATIVE_INFINITY ? endOf(run) : lastMs;
}

function dispatched({ entries, attempts, last }: RecordedRun): RecordedTimes[] {
  return [...entries, ...attempts, ...(last === null ? [] : [last])];
}

function endOf({ createdMs, endedMs, nowMs }: RecordedRun): number {
  return endedMs ?? Math.max(createdMs, nowMs);
}

/** What went on when: they overlap where steps are parallel. */
function runIntervals(run: RecordedRun): Interval[] {
  const limits = limitWaitsByStep(run.limitWaits);
  return [
    ...dispatchesOf(run).flatMap(({ times, stepId, committedMs }) =>
      dispatchPhases(times, committedMs, limitWaitsOf(limits, stepId, times)),
    ),
    ...leases(run),
    ...limitIntervals(limits, endOf(run)),
    ...run.entries.flatMap((entry) => openTime(entry, run)),
    ...[...retryPauses(run)].map(([{ committedMs }, againMs]) =>
      interval("retry", committedMs, Math.min(againMs, endOf(run))),
    ),
    ...openJobs(run),
    ...(run.begin === null ? [] : [interval("begin", run.createdMs, run.begin.atMs)]),
    ...pauses(run),
    ...losses(run),
  ];
}

interface Dispatched {
  readonly stepId: string | null;
  readonly times: RecordedTimes;
  readonly committedMs: number | null;
}

/** Steps of one answer share their dispatch. */
function dispatchesOf({ entries, attempts, last, endedMs }: RecordedRun): Dispatched[] {
  // By when they were sent; those of one instant are few. What was never sent is told apart by when it came.
  const dispatches = new Map<number | null, Dispatched[]>();
  const add = (stepId: string | null, times: RecordedTimes, committedMs: number | null) => {
    const key = times.sentMs ?? times.receivedMs;
    const beside = dispatches.get(key);
    if (beside === undefined) return void dispatches.set(key, [{ stepId, times, committedMs }]);
    const index = beside.findIndex((each) => isSame(each.times, times));
    if (index === -1) beside.push({ stepId, times, committedMs });
    else if ((beside[index]!.committedMs ?? 0) < (committedMs ?? 0))
      beside[index] = { stepId, times, committedMs };
  };
  for (const attempt of attempts) add(attempt.stepId, attempt, attempt.committedMs);
  // An entry that was open for a while was committed when it was asked for, and that is not kept of one that was retried.
  for (const entry of entries)
    add(null, entry, entry.status === "retrying" || entry.attempt > 1 ? null : entry.committedMs);
  if (last !== null) add(null, last, endedMs);
  return [...dispatches.values()].flat();
}

function isSame(a: RecordedTimes, b: RecordedTimes): boolean {
  return a.sentMs === b.sentMs && a.receivedMs === b.receivedMs && a.appMs === b.appMs;
}

/** A lease that goes on from dispatch to dispatch is the engine's where it is not the app's. */
function leases(run: RecordedRun): Interval[] {
  return dispatched(run).flatMap(({ leasedMs, sentMs, receivedMs }) => {
    const untilMs = receivedMs ?? sentMs;
    return leasedMs === null || untilMs === null ? [] : [interval("engine", leasedMs, untilMs)];
  });
}

/** What settles it is not the app. */
function openTime({ op, committedMs, receivedMs, settledMs }: RecordedEntry, run: RecordedRun): Interval[] {
  const phase = OPEN_FOR[op];
  return phase === undefined ? [] : [interval(phase, receivedMs ?? committedMs, settledMs ?? endOf(run))];
}

/** Its own job, which nobody has leased yet. */
function openJobs(run: RecordedRun): Interval[] {
  const isParked = run.limitWaits.some(({ stepId, untilMs }) => stepId === null && untilMs === null);
  return run.readyMs === null || isParked ? [] : [interval("queue", run.readyMs, endOf(run))];
}

/** A pause that a person asked for begins then; one that the run came to by itself, with the last thing that it did. */
function pauses(run: RecordedRun): Interval[] {
  const intervals: Interval[] = [];
  let askedMs: number | null = null;
  let resumedMs = run.createdMs;
  const endings = [
    ...run.actions.map(({ atMs, action }) => ({ atMs, action })),
    ...(run.status === "paused" ? [{ atMs: endOf(run), action: "run.resume" }] : []),
  ];
  for (const { atMs, action } of endings) {
    if (action === "run.pause") askedMs = atMs;
    if (action !== "run.resume") continue;
    intervals.push(interval("paused", askedMs ?? lastDoneMs(run, resumedMs, atMs), atMs));
    askedMs = null;
    resumedMs = atMs;
  }
  return intervals;
}

function lastDoneMs({ entries, attempts }: RecordedRun, afterMs: number, beforeMs: number): number {
  let last = afterMs;
  const look = (ms: number | null) => {
    if (ms !== null && ms <= beforeMs && ms > last) last = ms;
  };
  for (const { committedMs, settledMs } of entries) {
    look(committedMs);
    look(settledMs);
  }
  for (const { committedMs } of attempts) look(committedMs);
  return last;
}

/** A lease that went with its engine leaves no times: since the last thing that is known of the run. */
function losses(run: RecordedRun): Interval[] {
  return run.attempts
    .filter(({ outcome }) => outcome === "lost")
    .map(({ committedMs }) =>
      interval("lost", lastDoneMs(withoutLost(run, committedMs), run.createdMs, committedMs), committedMs),
    );
}

function withoutLost(run: RecordedRun, atMs: number): RecordedRun {
  return {
    ...run,
    attempts: run.attempts.filter(({ outcome, committedMs }) => outcome !== "lost" || committedMs < atMs),
  };
}
