import {
  type BranchOp,
  type Failure,
  type FetchOp,
  type GroupOp,
  type JoinOp,
  MEMO_ENTRIES_MAX,
  type Op,
  type PlanOp,
  type RetryPolicy,
  type RunOp,
  type SendOp,
  type SleepOp,
  type StartOp,
  type StateOp,
} from "@durable/protocol/wire";
import type { Outcome } from "../domain/outcome.ts";
import { decideRetry, type RetryDecision } from "../domain/retry-decision.ts";
import { beginOf } from "../ingest/begin-of.ts";
import type { PlanAsked } from "../store/journals.ts";
import { decideInput } from "./decide-input.ts";
import { decideInvoke } from "./decide-invoke.ts";
import { decideSignal, decideWait } from "./decide-wait.ts";
import { journalEntry, journalOp, rawText } from "./journal-entry.ts";
import { noteLogs } from "./note-logs.ts";
import { disagreement, exhausted, isTooLarge, type OutcomeDraft, pause, tooLarge } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** Writes all ops into the draft, or answers the pause that one of them causes. */
export function decideOps(situation: Situation, ops: readonly Op[], draft: OutcomeDraft): Outcome | null {
  for (const op of ops) {
    const refused = decideOp(situation, op, draft);
    if (refused !== null) return refused;
  }
  if (situation.memo.size + draft.steps.length <= MEMO_ENTRIES_MAX) return null;
  return pause(
    "TooManySteps",
    `paused: a run holds at most ${MEMO_ENTRIES_MAX} entries. Split it into several runs.`,
  );
}

/** Writes what one op means into the draft, or answers the pause it causes. */
export function decideOp(situation: Situation, op: Op, draft: OutcomeDraft): Outcome | null {
  const mismatch = mismatchOf(situation, op);
  if (mismatch !== null) return disagreement(mismatch);
  switch (op.op) {
    case "run":
      decideRun(situation, op, draft);
      return null;
    case "plan":
      decidePlan(situation, op, "step", draft);
      return null;
    case "start":
      decidePlan(situation, op, "once", draft);
      return null;
    case "join":
      decideJoin(op, draft);
      return null;
    case "fetch":
      decideFetch(op, draft);
      return null;
    case "sleep":
      decideSleep(op, draft);
      return null;
    case "wait":
      decideWait(op, draft);
      return null;
    case "signal":
      decideSignal(op, draft);
      return null;
    case "input":
      decideInput(situation, op, draft);
      return null;
    case "send":
      decideSend(situation, op, draft);
      return null;
    case "invoke":
      decideInvoke(situation, op, draft);
      return null;
    case "group":
      decideGroup(op, draft);
      return null;
    case "branch":
      decideBranch(op, draft);
      return null;
    case "state":
      decideState(situation, op, draft);
      return null;
    default:
      return pause(
        "UnsupportedOp",
        `paused: step "${op.name}" asks for "${op.op}", which this engine does not know yet. Update the engine, then resume.`,
      );
  }
}

/** What was journalled under an id stays what it is. */
function mismatchOf(situation: Situation, op: Op): string | null {
  const step = `Step "${op.name}" (${op.n})`;
  const asked = journalOp(op);
  const settled = situation.memo.settledOp(op.id);
  if (settled !== undefined) {
    return settled === asked
      ? `${step} was reported again although its result is recorded as "${settled}": does its name come twice, or depend on something that changes between replays?`
      : `${step} is recorded as "${settled}", and the code now asks for "${asked}" under that name.`;
  }
  const pending = situation.memo.pendingOf(op.id);
  if (pending !== undefined && (pending.op !== asked || !pending.offered)) {
    return pending.op === asked
      ? `${step} is pending as "${pending.op}" and was reported again before that was over.`
      : `${step} is pending as "${pending.op}", and the code now asks for "${asked}" under that name.`;
  }
  return null;
}

/** One attempt of a body, inline or by its task. */
export function decideRun(situation: Situation, op: RunOp, draft: OutcomeDraft): void {
  const attempt = (situation.memo.pendingOf(op.id)?.attempt ?? 0) + 1;
  noteLogs(op, attempt, draft);
  if (op.st === "ok") {
    draft.steps.push(journalEntry(op, { status: "ok", value: rawText(op.v), attempt }));
    if (attempt > 1) draft.attempts.push({ stepId: op.id, attempt, outcome: "ok", failure: null });
    if (op.compensate) draft.effects.push({ kind: "compensable", stepId: op.id, data: "null" });
    return;
  }
  const { next, policy, error } = decideFailedAttempt(situation, op, attempt, draft);
  if (next.kind === "retry") return;
  const isLarge = isTooLarge(error);
  if (isLarge || (next.kind === "exhausted" && policy.on_exhausted === "pause")) {
    const step = `step "${op.name}"`;
    draft.pausedBy ??= isLarge ? tooLarge(step, error) : exhausted(step, attempt, error);
    draft.steps.push(journalEntry(op, { status: "retrying", failure: JSON.stringify(error), attempt }));
  } else draft.steps.push(journalEntry(op, { status: "err", failure: JSON.stringify(error), attempt }));
}

interface Failed {
  readonly next: RetryDecision;
  readonly policy: RetryPolicy;
  readonly error: Failure;
}

/** A body has failed: its attempt is written, and its next one if there is any. */
export function decideFailedAttempt(
  situation: Situation,
  op: Op & { readonly error?: Failure; readonly retry_policy?: RetryPolicy | undefined },
  attempt: number,
  draft: OutcomeDraft,
): Failed {
  const error = op.error ?? { name: "Error", message: "the step failed without saying why" };
  const failure = JSON.stringify(error);
  const policy = op.retry_policy ?? situation.retry;
  const { resumedAfter, elapsedMs } = situation.memo.pendingOf(op.id) ?? { resumedAfter: 0, elapsedMs: 0 };
  const random = situation.random();
  const next: RetryDecision = isTooLarge(error)
    ? { kind: "final" }
    : decideRetry({ policy, failure: error, attempt: attempt - resumedAfter, elapsedMs, random });
  draft.attempts.push({ stepId: op.id, attempt, outcome: "failed", failure });
  if (next.kind === "retry") {
    draft.steps.push(journalEntry(op, { status: "retrying", failure, attempt, dueMs: next.delayMs }));
  }
  return { next, policy, error };
}

/** Its entry waits like a sleep; what settles it is its task's own dispatch. */
function decidePlan(
  situation: Situation,
  op: (PlanOp | StartOp) & PlanAsked,
  kind: "step" | "once",
  draft: OutcomeDraft,
): void {
  const attempt = situation.memo.pendingOf(op.id)?.attempt ?? 0;
  draft.steps.push(journalEntry(op, { status: "pending", attempt }));
  const { heartbeat_timeout_ms, retry_policy } = op;
  const asked: PlanAsked = { heartbeat_timeout_ms, retry_policy };
  const request = heartbeat_timeout_ms === undefined ? undefined : JSON.stringify(asked);
  draft.effects.push({ kind: "task", stepId: op.id, data: JSON.stringify({ kind, request }) });
}

/** Recorded so that it is reported once; what was decided stands in the order of the journal, for every replay. */
function decideJoin(op: JoinOp, draft: OutcomeDraft): void {
  draft.steps.push(journalEntry(op, { status: "ok", value: rawText(op.v) }));
  for (const stepId of op.losers) draft.effects.push({ kind: "cancel", stepId, data: "{}" });
}

/** A task too, but one that the engine runs itself. What it asks for stays with the task, and goes with it. */
function decideFetch(op: FetchOp, draft: OutcomeDraft): void {
  const { url, method, headers, body, timeout_ms, retry_policy } = op;
  const request = JSON.stringify({ url, method, headers, body, timeout_ms, retry_policy });
  draft.steps.push(journalEntry(op, { status: "pending", attempt: 0 }));
  draft.effects.push({ kind: "task", stepId: op.id, data: JSON.stringify({ kind: "fetch", request }) });
}

function decideSleep(op: SleepOp, draft: OutcomeDraft): void {
  const due = op.until === undefined ? { dueMs: op.ms ?? 0 } : { dueAtEpochMs: Date.parse(op.until) };
  draft.steps.push(journalEntry(op, { status: "pending", ...due }));
}

function decideSend(situation: Situation, op: SendOp, draft: OutcomeDraft): void {
  const sent = op.events.map((event) => ({
    eventId: situation.newEventId(),
    clientId: event.id ?? null,
    name: event.name,
    data: rawText(event.data) ?? "null",
    timeMs: event.time === undefined ? null : Date.parse(event.time),
    begin: beginOf(event),
    tags: event.tags,
  }));
  draft.sends.push(...sent);
  const ids = JSON.stringify(sent.map((event) => event.clientId ?? event.eventId));
  draft.steps.push(journalEntry(op, { status: "ok", value: ids }));
}

/** Its value stands for what it folds: those entries stay in the journal and leave the memo. */
function decideGroup(op: GroupOp, draft: OutcomeDraft): void {
  draft.steps.push(journalEntry(op, { status: "ok", value: rawText(op.v) }));
  draft.effects.push({ kind: "fold", stepId: op.id, data: JSON.stringify(op.folds) });
}

/** With all its cases: the trace shows what it could have been. */
function decideBranch(op: BranchOp, draft: OutcomeDraft): void {
  const { taken, cases } = op;
  draft.steps.push(journalEntry(op, { status: "ok", value: JSON.stringify({ taken, cases }) }));
}

/** No entry, for nobody asks for it again. What the run said before is said with every answer, and dropped here. */
function decideState(situation: Situation, op: StateOp, draft: OutcomeDraft): void {
  const data = rawText(op.v) ?? "null";
  if (data !== situation.state) draft.effects.push({ kind: "state", stepId: null, data });
}
