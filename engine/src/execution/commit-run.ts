// The commit of what a dispatch brought: decided, written, and taken over by whoever holds the lease.

import { isSettled, LETS_GO, type Outcome } from "../domain/outcome.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { loadJournals } from "../store/journals.ts";
import { commitUntilMatched } from "./commit-matched.ts";
import type { ExecutionParts } from "./execution-parts.ts";
import type { HeldRun } from "./held-run.ts";
import { Memo } from "./memo.ts";
import { pause } from "./outcome-draft.ts";

/** What follows a commit by which the run goes on. */
export interface Following<Ahead> {
  /** The fence that replaces the run's. */
  readonly fence: string;
  /** Made while the outcome is on its way to disk, from a memo that has taken it over. */
  prepare(): Ahead;
}

export interface Written<Ahead> {
  readonly outcome: Outcome;
  /** Null when there is nothing to go on with. */
  readonly ahead: Ahead | null;
  /** Somebody wants the run to pause or to move as soon as its app has answered. */
  readonly isWanted: boolean;
}

/** Commits and takes over what became durable. Null when the lease is gone: whatever we know is old. */
export async function commitRun<Ahead>(
  parts: ExecutionParts,
  run: HeldRun,
  workspace: WorkspaceEntry,
  decided: Outcome,
  times: DispatchTimes,
  following: Following<Ahead>,
): Promise<Written<Ahead> | null> {
  run.mayHavePending ||= decided.steps.some((step) => !isSettled(step));
  const item = {
    workspaceId: run.workspaceId,
    runId: run.head.runId,
    fence: run.fence,
    nextFence: following.fence,
    knownSeq: run.knownSeq,
    mayHavePending: run.mayHavePending,
    areStepsNew: decided.steps.every(({ id }) => !run.memo.has(id)),
    outcome: decided,
    times,
  };
  const [{ end, outcome }, ahead] = await Promise.all([
    commitUntilMatched(parts, workspace, item, run.head.traceparent),
    LETS_GO[decided.kind] ? null : prepareAhead(run, decided, following),
  ]);
  if (end.state === "poison") {
    const why = `paused: its last outcome cannot be stored (${end.detail}). Change what the step returns, then resume.`;
    return commitRun(parts, run, workspace, pause("UnstorableOutcome", why), times, following);
  }
  if (end.state === "lost") {
    // Mostly the lease is gone. But a checkpoint on its way may have been faster than the answer that gave it up.
    parts.suspectLeases();
    return null;
  }
  if (end.state === "moved") {
    // Somebody moved it meanwhile: it is written, and whoever takes it up next calls it where it belongs now.
    parts.committed(run, { ...outcome, kind: "requeue" });
    return null;
  }
  if (end.state === "paused") {
    // Somebody asked for a pause meanwhile: it is written, and the lease is gone.
    parts.committed(run, { ...outcome, kind: "paused" });
    return null;
  }
  run.fence = following.fence;
  run.state = outcome.effects.findLast(({ kind }) => kind === "state")?.data ?? run.state;
  run.runAttempt = outcome.runAttempt;
  run.transportAttempt = outcome.transportAttempt;
  run.scheduledAtMs = parts.clock.monotonicMs();
  run.knownSeq += outcome.steps.filter(isSettled).length;
  const hasMoved = end.journalSeq !== run.knownSeq || outcome !== decided;
  // What it waits for has come while its app was called: its job is ready, and nobody else says so.
  parts.committed(run, outcome.kind === "wait" && hasMoved ? { ...outcome, kind: "requeue" } : outcome);
  const isWanted = end.state === "wanted";
  if (LETS_GO[outcome.kind]) return { outcome, ahead, isWanted };
  if (hasMoved || outcome.effects.some(({ kind }) => kind === "fold")) {
    // Something settled while it ran: the next dispatch must show it, in its place. And a group stands for others.
    const journals = await loadJournals(parts.database, [
      { workspaceId: run.workspaceId, runId: run.head.runId },
    ]);
    run.memo = Memo.of(journals.get(run.head.runId)!, { ending: run.memo.ending });
    run.knownSeq = run.memo.settledCount;
  }
  return { outcome, ahead, isWanted };
}

/**
 * Takes over the outcome and makes what follows while the commit is under way, when there is nothing else to do for the
 * run. It leaves only if the commit makes it true; if not, the lease is lost or the memo is loaded anew.
 */
async function prepareAhead<Ahead>(
  run: HeldRun,
  outcome: Outcome,
  following: Following<Ahead>,
): Promise<Ahead> {
  // The group's commit must not wait for us. It is made in this turn of the event loop, and leaves in the next one:
  // postgres.js holds back what is smaller than 1 KiB, in case there is more.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  run.memo.apply(outcome);
  return following.prepare();
}
