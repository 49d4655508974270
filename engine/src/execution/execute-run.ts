// One lease, from the first dispatch to letting go. Reads as a list: request, call, decide, commit, again.

import type { Logger } from "pino";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import { isSettled, LETS_GO, type Outcome } from "../domain/outcome.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { AppClient } from "../endpoint/app-client.ts";
import type { FetchClient } from "../endpoint/fetch-client.ts";
import { newId } from "../ingest/event-row.ts";
import type { WorkspaceEntry, WorkspaceRegistry } from "../registry/workspace-registry.ts";
import type { Ports } from "../runtime/ports.ts";
import type { Database } from "../store/database.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { loadJournals } from "../store/journals.ts";
import type { CommitItem, CommitResult } from "../store/outcomes.ts";
import type { TaskCommitItem, TaskCommitResult } from "../store/task-outcomes.ts";
import { atDeployment } from "./at-deployment.ts";
import { callApp, type Reply } from "./call-app.ts";
import { type Before, catchUp, mayHaveCheckpoints, withoutRecorded } from "./catch-up.ts";
import { commitUntilMatched } from "./commit-matched.ts";
import type { Committer } from "./committer.ts";
import { decideReply } from "./decide-reply.ts";
import type { EndpointHealth } from "./endpoint-health.ts";
import type { CommittedRun, HeldRun } from "./held-run.ts";
import { knowingTargets, type TargetParts } from "./known-targets.ts";
import type { LeaseAuthority } from "./lease-authority.ts";
import { Memo } from "./memo.ts";
import { isStillTrue, type NextRequest, nextRequest } from "./next-request.ts";
import { noteDeployment } from "./note-deployment.ts";
import { noteTurn } from "./note-turn.ts";
import { pause } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

export interface ExecutionParts extends Ports, TargetParts {
  readonly database: Database;
  readonly registry: WorkspaceRegistry;
  readonly appClient: AppClient;
  readonly health: EndpointHealth;
  readonly fetchClient: FetchClient;
  readonly committer: Committer<CommitItem, CommitResult>;
  readonly taskCommitter: Committer<TaskCommitItem, TaskCommitResult>;
  readonly authority: LeaseAuthority;
  readonly log: Logger;
  /** True when the lease should go back although the run could go on: others wait, or the process stops. */
  shouldYield(run: HeldRun): boolean;
  /** The app says that its functions are others than those we read. */
  manifestChanged(workspaceId: number): void;
  /** Told after each applied commit: ends, waits to look back for, timers to fire, jobs that became ready. */
  committed(run: CommittedRun, outcome: Outcome): void;
  /** The same of a task's: its run may have become ready, its retry has a timer. */
  taskCommitted(outcome: TaskOutcome): void;
  /** Leases may be ours that nobody here works for. */
  suspectLeases(): void;
}

/** Executes the run until its lease is let go or lost. Never rejects for what an app or the database does. */
export async function executeRun(parts: ExecutionParts, run: HeldRun): Promise<void> {
  const engineId = parts.authority.engineId();
  for (let ahead: NextRequest | null = null; ; ) {
    if (!parts.authority.mayAct(engineId) && !(await parts.authority.untilMayAct(engineId))) return;
    if (run.isGone) return;
    const newest = parts.registry.peek(run.workspaceId) ?? (await parts.registry.of(run.workspaceId));
    const workspace = atDeployment(newest, run);
    const isGood = ahead !== null && isStillTrue(ahead, run, workspace, parts.clock.monotonicMs());
    const request: NextRequest = isGood ? ahead! : nextRequest(parts, run, run.fence, workspace);
    const { outcome, times, decidedIn } = await dispatch(parts, run, request);
    const written = await commit(parts, run, decidedIn, yieldIfAsked(parts, run, outcome), times);
    if (written === null || LETS_GO[written.outcome.kind]) return;
    ahead = written.ahead;
  }
}

interface Dispatched {
  readonly outcome: Outcome;
  readonly times: DispatchTimes;
  /** With the functions that the outcome knows. */
  readonly decidedIn: WorkspaceEntry;
}

async function dispatch(parts: ExecutionParts, run: HeldRun, request: NextRequest): Promise<Dispatched> {
  const fromSeq = run.knownSeq + 1;
  const reply = await callApp(parts, run, request);
  const before = mayHaveCheckpoints(reply) ? await catchUp(parts, run) : null;
  const ops = reply.kind === "answer" && "ops" in reply.answer ? (reply.answer.ops ?? []) : [];
  const { workspace: decidedIn, others } = await knowingTargets(parts, request.workspace, ops);
  const situation = { ...situationOf(parts, run, decidedIn), others, ...sinceThen(run, before, reply) };
  const told = before === null ? reply : withoutRecorded(reply, before.memo, run.memo);
  const outcome = noteTurn(noteDeployment(run, reply, fromSeq, decideReply(situation, told)));
  return { outcome, times: reply.times, decidedIn };
}

/** What the journal has that this dispatch did not begin with, and what of it the app has not seen. */
function sinceThen(run: HeldRun, before: Before | null, reply: Reply): Partial<Situation> {
  if (before === null || reply.kind !== "answer") return {};
  const seen = Math.max(before.knownSeq, reply.answer.checkpoint?.known ?? 0);
  return { hasProgressed: run.knownSeq > before.knownSeq, hasUnseen: run.knownSeq > seen };
}

function situationOf(parts: ExecutionParts, run: HeldRun, workspace: WorkspaceEntry): Situation {
  return {
    memo: run.memo,
    state: run.state,
    retry: workspace.functions.get(run.head.functionId)?.retry ?? DEFAULT_RETRY,
    runAttempt: run.runAttempt,
    transportAttempt: run.transportAttempt,
    random: () => parts.random.float(),
    newEventId: () => newId(parts),
    app: workspace.app,
    environment: workspace.environment,
    functions: workspace.functions,
    depth: run.head.depth,
  };
}

interface Written {
  readonly outcome: Outcome;
  /** Made while the outcome was on its way to disk. Null when there is nothing to go on with. */
  readonly ahead: NextRequest | null;
}

/** Commits and takes over what became durable. Null when the lease is gone: whatever we know is old. */
async function commit(
  parts: ExecutionParts,
  run: HeldRun,
  workspace: WorkspaceEntry,
  decided: Outcome,
  times: DispatchTimes,
): Promise<Written | null> {
  const nextFence = parts.random.uuid();
  run.mayHavePending ||= decided.steps.some((step) => !isSettled(step));
  const item = {
    workspaceId: run.workspaceId,
    runId: run.head.runId,
    fence: run.fence,
    nextFence,
    knownSeq: run.knownSeq,
    mayHavePending: run.mayHavePending,
    outcome: decided,
    times,
  };
  const [{ end, outcome }, ahead] = await Promise.all([
    commitUntilMatched(parts, workspace, item, run.head.traceparent),
    LETS_GO[decided.kind] ? null : prepareAhead(parts, run, workspace, decided, nextFence),
  ]);
  if (end.state === "poison") {
    const why = `paused: its last outcome cannot be stored (${end.detail}). Change what the step returns, then resume.`;
    return commit(parts, run, workspace, pause("UnstorableOutcome", why), times);
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
  run.fence = nextFence;
  run.state = outcome.effects.findLast(({ kind }) => kind === "state")?.data ?? run.state;
  run.runAttempt = outcome.runAttempt;
  run.transportAttempt = outcome.transportAttempt;
  run.scheduledAtMs = parts.clock.monotonicMs();
  run.knownSeq += outcome.steps.filter(isSettled).length;
  const hasMoved = end.journalSeq !== run.knownSeq || outcome !== decided;
  // What it waits for has come while its app was called: its job is ready, and nobody else says so.
  parts.committed(run, outcome.kind === "wait" && hasMoved ? { ...outcome, kind: "requeue" } : outcome);
  if (LETS_GO[outcome.kind]) return { outcome, ahead };
  if (hasMoved || outcome.effects.some(({ kind }) => kind === "fold")) {
    // Something settled while it ran: the next dispatch must show it, in its place. And a group stands for others.
    const journals = await loadJournals(parts.database, [
      { workspaceId: run.workspaceId, runId: run.head.runId },
    ]);
    run.memo = Memo.of(journals.get(run.head.runId)!, { ending: run.memo.ending });
    run.knownSeq = run.memo.settledCount;
  }
  return { outcome, ahead };
}

/**
 * Takes over the outcome and makes the next request while the commit is under way, when there is nothing else to do
 * for the run. It leaves only if the commit makes it true; if not, the lease is lost or the memo is loaded anew.
 */
async function prepareAhead(
  parts: ExecutionParts,
  run: HeldRun,
  workspace: WorkspaceEntry,
  outcome: Outcome,
  nextFence: string,
): Promise<NextRequest> {
  // The group's commit must not wait for us. It is made in this turn of the event loop, and leaves in the next one:
  // postgres.js holds back what is smaller than 1 KiB, in case there is more.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  run.memo.apply(outcome);
  return nextRequest(parts, run, nextFence, workspace);
}

function yieldIfAsked(parts: ExecutionParts, run: HeldRun, outcome: Outcome): Outcome {
  return outcome.kind === "continue" && parts.shouldYield(run) ? { ...outcome, kind: "requeue" } : outcome;
}
