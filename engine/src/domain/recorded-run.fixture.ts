import type { RecordedAttempt, RecordedEntry, RecordedRun, RecordedTimes } from "./recorded-run.ts";

const NO_TIMES: RecordedTimes = {
  scheduledMs: null,
  leasedMs: null,
  sentMs: null,
  firstByteMs: null,
  receivedMs: null,
  appMs: null,
  dispatch: null,
};

/** A dispatch whose stations lie a millisecond apart, and whose app took the rest. */
export function dispatchAt(scheduledMs: number, leasedMs: number, tookMs: number): RecordedTimes {
  const sentMs = leasedMs + 1;
  return {
    scheduledMs,
    leasedMs,
    sentMs,
    firstByteMs: sentMs + tookMs + 2,
    receivedMs: sentMs + tookMs + 2,
    appMs: tookMs,
    dispatch: null,
  };
}

export function entryOf(id: string, rest: Partial<RecordedEntry>): RecordedEntry {
  return {
    ...NO_TIMES,
    id,
    scope: null,
    op: "run",
    name: id,
    n: 0,
    status: "ok",
    seq: null,
    attempt: 1,
    dueMs: null,
    committedMs: 0,
    settledMs: null,
    eventId: null,
    childId: null,
    childApp: null,
    answeredBy: null,
    ...rest,
  };
}

export function attemptOf(
  stepId: string | null,
  attempt: number,
  rest: Partial<RecordedAttempt>,
): RecordedAttempt {
  return { ...NO_TIMES, id: `${stepId}-${attempt}`, stepId, attempt, outcome: "ok", committedMs: 0, ...rest };
}

export function runOf(rest: Partial<RecordedRun>): RecordedRun {
  return {
    id: "run",
    functionId: "f",
    status: "completed",
    cause: { event: { id: "e", name: "go" }, parent: null },
    traceparent: null,
    createdMs: 0,
    begin: null,
    endedMs: null,
    nowMs: 1_000,
    readyMs: null,
    last: null,
    entries: [],
    attempts: [],
    limitWaits: [],
    actions: [],
    ...rest,
  };
}
