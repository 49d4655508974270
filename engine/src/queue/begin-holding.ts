import type { HeldRun, HeldTask } from "../execution/held-run.ts";
import { Memo } from "../execution/memo.ts";
import type { Birth } from "../ingest/accept-events.ts";
import { eventJson } from "../ingest/event-json.ts";
import type { Clock } from "../runtime/ports.ts";
import type { JournalEntry, LoadedHead } from "../store/journals.ts";
import type { Lease } from "../store/leases.ts";

/** What a run that was born leased is held with: nothing has happened in it yet. */
export function heldOfBirth({ workspace, event, run }: Birth, nowMs: number): HeldRun {
  return {
    workspaceId: workspace.workspaceId,
    stepId: null,
    head: {
      runId: run.runId,
      depth: 0,
      functionId: run.functionId,
      functionVersion: run.functionVersion,
      event: eventJson(event),
      traceparent: event.traceparent,
      events: null,
      state: null,
      placement: null,
    },
    state: null,
    fence: run.fence,
    memo: Memo.of([]),
    knownSeq: 0,
    deployment: null,
    silenceMs: null,
    mayHavePending: run.mayBeCancelled || run.timeouts.length > 0,
    runAttempt: 0,
    transportAttempt: 0,
    line: {},
    isGone: false,
    scheduledAtMs: nowMs,
    leasedAtMs: nowMs,
    gates: null,
  };
}

/** Between two messages of an SDK lies a second, and there is the way. */
const HEARTBEAT_MARGIN_MS = 2_000;

function silenceMs({ asked }: JournalEntry): number | null {
  const ms = asked?.heartbeat_timeout_ms;
  return ms === undefined ? null : ms + HEARTBEAT_MARGIN_MS;
}

export interface Loaded {
  readonly head: LoadedHead | undefined;
  readonly journal: readonly JournalEntry[];
}

/**
 * What a claimed lease is held with. Null when it is nobody's: between the claim and now its run has ended, or somebody
 * else was given the lease.
 */
export function heldOfLease(
  lease: Lease,
  { head, journal }: Loaded,
  clock: Clock,
  leasedAtMs: number,
): HeldRun | HeldTask | null {
  const { workspaceId, stepId, fence, transportAttempt, readyRank, runAttempt, gates } = lease;
  const isLive = head !== undefined && (stepId === null ? head.fence === fence : head.fence !== null);
  if (!isLive) return null;
  const scheduledAtMs = readyRank === null ? leasedAtMs : readyRank / 1000 - clock.epochOf(0);
  const memo = Memo.of(journal, { taskStepId: stepId, ending: head.ending });
  const held = {
    ...{ workspaceId, head, fence, memo, transportAttempt, scheduledAtMs, leasedAtMs, gates },
    line: {},
    isGone: false,
    deployment: head.deployment,
  };
  if (stepId !== null) {
    const step = journal.find((entry) => entry.stepId === stepId);
    return step === undefined ? null : { ...held, stepId, step, silenceMs: silenceMs(step), runAttempt: 0 };
  }
  return {
    ...held,
    stepId,
    silenceMs: null,
    state: head.state,
    knownSeq: memo.settledCount,
    mayHavePending: true,
    runAttempt,
  };
}
