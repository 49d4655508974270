// One lease, from the first dispatch to letting go. Reads as a list: request, call, decide, commit, again.

import { LETS_GO, type Outcome } from "../domain/outcome.ts";
import type { WorkspaceEntry } from "../registry/workspace-registry.ts";
import type { DispatchTimes } from "../store/dispatch-times.ts";
import { atDeployment } from "./at-deployment.ts";
import { callApp, type Reply } from "./call-app.ts";
import { type Before, catchUp, mayHaveCheckpoints, withoutRecorded } from "./catch-up.ts";
import { commitRun } from "./commit-run.ts";
import { decideReply } from "./decide-reply.ts";
import type { ExecutionParts } from "./execution-parts.ts";
import type { HeldRun } from "./held-run.ts";
import { knowingTargets } from "./known-targets.ts";
import { isStillTrue, type NextRequest, nextRequest } from "./next-request.ts";
import { noteDeployment } from "./note-deployment.ts";
import { noteTurn } from "./note-turn.ts";
import { situationOf } from "./run-situation.ts";
import type { Situation } from "./situation.ts";
import { StreamedDispatch } from "./streamed-dispatch.ts";

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
    const dispatched = await dispatch(parts, run, request);
    if (dispatched === null) return;
    const { outcome, times, decidedIn } = dispatched;
    const fence = parts.random.uuid();
    const following = { fence, prepare: () => nextRequest(parts, run, fence, decidedIn) };
    const decided = yieldIfAsked(parts, run, outcome);
    const written = await commitRun(parts, run, decidedIn, decided, times, following);
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

/** Null when the lease was let go or lost meanwhile. */
async function dispatch(
  parts: ExecutionParts,
  run: HeldRun,
  request: NextRequest,
): Promise<Dispatched | null> {
  const fromSeq = run.knownSeq + 1;
  const stream = request.isOpen ? new StreamedDispatch(parts, run, request) : null;
  const reply = await callApp(parts, run, request, stream).finally(() => stream?.close());
  if (stream?.isOver) return null;
  const before = mayHaveCheckpoints(reply) ? await catchUp(parts, run) : null;
  const ops = reply.kind === "answer" && "ops" in reply.answer ? (reply.answer.ops ?? []) : [];
  const { workspace: decidedIn, others } = await knowingTargets(parts, request.workspace, ops);
  const situation = {
    ...situationOf(parts, run, decidedIn),
    others,
    ...sinceThen(run, before, reply, stream),
  };
  const told = before === null ? reply : withoutRecorded(reply, before.memo, run.memo);
  const outcome = noteTurn(noteDeployment(run, reply, fromSeq, decideReply(situation, told)));
  return { outcome, times: reply.times, decidedIn };
}

/** What the journal has that this dispatch did not begin with, and what of it the app has not seen. */
function sinceThen(
  run: HeldRun,
  before: Before | null,
  reply: Reply,
  stream: StreamedDispatch | null,
): Partial<Situation> {
  // On a stream the app is told at once of all that is new.
  if (stream?.hasProgressed) return { hasProgressed: true };
  if (before === null || reply.kind !== "answer") return {};
  const seen = Math.max(before.knownSeq, reply.answer.checkpoint?.known ?? 0);
  return { hasProgressed: run.knownSeq > before.knownSeq, hasUnseen: run.knownSeq > seen };
}

function yieldIfAsked(parts: ExecutionParts, run: HeldRun, outcome: Outcome): Outcome {
  return outcome.kind === "continue" && parts.shouldYield(run) ? { ...outcome, kind: "requeue" } : outcome;
}
