import type { Op } from "@durable/protocol/wire";
import { fenceAfter } from "../domain/checkpoint-fence.ts";
import { findLastCheckpoint } from "../store/checkpoints.ts";
import type { Database } from "../store/database.ts";
import { loadJournals, loadRunHeads } from "../store/journals.ts";
import type { Reply } from "./call-app.ts";
import type { HeldRun } from "./held-run.ts";
import { journalOp } from "./journal-entry.ts";
import type { LeaseAuthority } from "./lease-authority.ts";
import { Memo } from "./memo.ts";

export interface CatchUpParts {
  readonly database: Database;
  readonly authority: LeaseAuthority;
}

/** The memo as the dispatch showed it, when the dispatch has sent checkpoints since. */
export interface Before {
  readonly memo: Memo;
  readonly knownSeq: number;
}

/**
 * The checkpoints of a dispatch may have gone to any engine process, so its holder reads what became of them. Afterwards
 * the run has the fence that is live, unless the lease is gone. Null when there were none.
 */
export async function catchUp(parts: CatchUpParts, run: HeldRun): Promise<Before | null> {
  const ref = { workspaceId: run.workspaceId, runId: run.head.runId };
  const engineId = parts.authority.engineId();
  const seq = await findLastCheckpoint(parts.database, engineId, { ...ref, fence: run.fence });
  if (seq === 0) return null;
  const [journals, heads] = await Promise.all([
    loadJournals(parts.database, [ref]),
    loadRunHeads(parts.database, [ref]),
  ]);
  const before = { memo: run.memo, knownSeq: run.knownSeq };
  run.fence = fenceAfter(run.fence, seq);
  run.memo = Memo.of(journals.get(ref.runId)!, { ending: run.memo.ending });
  run.knownSeq = run.memo.settledCount;
  run.mayHavePending = true;
  run.state = heads.get(ref.runId)!.state;
  run.runAttempt = 0;
  run.transportAttempt = 0;
  return before;
}

/** Whether the dispatch may have sent some: its answer says so, or its code has perhaps run and no answer tells. */
export function mayHaveCheckpoints(reply: Reply): boolean {
  switch (reply.kind) {
    case "answer":
      return reply.answer.checkpoint !== undefined;
    case "nonsense":
      return true;
    case "unanswered":
      return reply.end.kind === "broken";
    case "too-large":
      return false;
  }
}

/**
 * The answer without the ops that are recorded already: the app repeats those of a checkpoint whose answer it never
 * got, and some of these have arrived.
 */
export function withoutRecorded(reply: Reply, before: Memo, now: Memo): Reply {
  if (reply.kind !== "answer") return reply;
  const { answer } = reply;
  if (!("ops" in answer) || answer.ops === undefined) return reply;
  const ops = answer.ops.filter((op) => !isRecordedSince(op, before, now));
  return { ...reply, answer: { ...answer, ops } };
}

function isRecordedSince(op: Op, before: Memo, now: Memo): boolean {
  const { id } = op;
  const recorded = journalOp(op);
  if (before.settledOp(id) !== undefined) return false;
  const settled = now.settledOp(id);
  if (settled !== undefined) return settled === recorded;
  const pending = now.pendingOf(id);
  if (pending?.op !== recorded) return false;
  // What has a task of its own is pending before its first attempt.
  const earlier = before.pendingOf(id);
  return earlier === undefined || pending.attempt > earlier.attempt;
}
