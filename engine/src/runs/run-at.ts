// A run as it was at an instant, from what is kept of it now: what came later is left out.

import { groupBy } from "../domain/group-by.ts";
import type { Phase } from "../domain/phase.ts";
import type { RecordedRun } from "../domain/recorded-run.ts";
import type { RunStatus } from "../domain/run-status.ts";
import { partitionRun } from "../domain/run-time.ts";
import type { Database } from "../store/database.ts";
import { loadRecorded, type RunRef } from "../store/recorded-runs.ts";
import { loadRun, type RunStored, type StepStored } from "../store/runs-listing-detail.ts";

export interface RunAtOptions {
  readonly atMs: number;
  /** Steps that were settled then up to this number are left out, with their attempts. */
  readonly afterSeq: number;
  readonly signal?: AbortSignal;
}

/** Null for an id that is not in this workspace, and before there was such a run. */
export async function loadRunAt(
  database: Database,
  ref: RunRef,
  { atMs, afterSeq, signal }: RunAtOptions,
): Promise<RunStored | null> {
  const [run, recorded] = await Promise.all([
    loadRun(database, ref.workspaceId, ref.runId, { signal }),
    loadRecorded(database, ref, { signal }),
  ]);
  const then = run === null || recorded === null ? null : runAt(run, recorded, atMs);
  return then === null || afterSeq === 0 ? then : withoutSettled(then, afterSeq);
}

/** As `steps_after` of now leaves them out. */
function withoutSettled(run: RunStored, afterSeq: number): RunStored {
  const isLeftOut = ({ seq }: StepStored) => seq !== null && seq <= afterSeq;
  const leftOut = new Set(run.steps.flatMap((step) => (isLeftOut(step) ? [step.id] : [])));
  return {
    ...run,
    steps: run.steps.filter((step) => !isLeftOut(step)),
    attempts: run.attempts.filter(({ step_id }) => !leftOut.has(step_id)),
  };
}

const STATUS: Record<Phase, RunStatus> = {
  app: "running",
  network: "running",
  engine: "running",
  lost: "running",
  queue: "queued",
  limit: "queued",
  idle: "queued",
  retry: "waiting",
  child: "waiting",
  wait: "waiting",
  sleep: "waiting",
  begin: "waiting",
  paused: "paused",
};

/** Null before there was such a run. What only its present row knows (its lease, why it waits) is not kept: it is null. */
function runAt(run: RunStored, recorded: RecordedRun, atMs: number): RunStored | null {
  if (atMs < Math.floor(recorded.createdMs)) return null;
  if (atMs >= recorded.nowMs) return run;
  const isBy = (instant: string | null) => instant !== null && Date.parse(instant) <= atMs;
  if (isBy(run.ended_at)) return { ...run, attempts: run.attempts.filter((each) => isBy(each.committed_at)) };
  const attempts = run.attempts.filter((each) => isBy(each.committed_at));
  const tries = groupBy(attempts, ({ step_id }) => step_id);
  const phase = partitionRun(recorded).findLast(({ fromMs }) => fromMs <= atMs)?.phase ?? "idle";
  return {
    ...run,
    status: STATUS[phase],
    ended_at: null,
    output: null,
    failure: null,
    unclaimed: null,
    state: null,
    last_dispatch: null,
    live: null,
    wait: null,
    cancelled: run.cancelled !== null && isBy(run.cancelled.at) ? run.cancelled : null,
    compensated: run.steps.filter(
      (step) => step.op === "compensate" && step.seq !== null && isBy(step.settled_at),
    ).length,
    children: run.children
      .filter((child) => isBy(child.created_at))
      .map((child) => ({ ...child, status: isBy(child.ended_at) ? child.status : "running" })),
    heartbeats: run.heartbeats.filter((beat) => isBy(beat.at)),
    detours: run.detours.filter((detour) => isBy(detour.at)),
    steps: run.steps.flatMap((step) => stepAt(step, tries.get(step.id) ?? [], isBy)),
    attempts,
  };
}

function stepAt(
  step: StepStored,
  attempts: RunStored["attempts"],
  isBy: (instant: string | null) => boolean,
): StepStored[] {
  const tries = attempts.filter(({ outcome }) => outcome !== "late");
  if (step.settled_at !== null && isBy(step.settled_at)) return [step];
  const isAsked =
    isBy(step.committed_at) || tries.length > 0 || (isBy(step.received_at) && !BODIES.has(step.op));
  if (!isAsked) return [];
  const last = tries.findLast(({ outcome }) => outcome === "failed");
  return [
    {
      ...step,
      seq: null,
      status: last === undefined ? "pending" : "retrying",
      value: null,
      failure: last?.failure ?? null,
      attempt: last?.attempt ?? 0,
      event_id: null,
      settled_at: null,
    },
  ];
}

/** What such a step brought is recorded with its end: before that, nothing of it was. */
const BODIES: ReadonlySet<string> = new Set(["run", "compensate"]);
