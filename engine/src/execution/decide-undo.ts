// A run that failed or was cancelled undoes its completed steps, the last one first. One answer undoes one step.

import { type Answer, type CompensateOp, stepId } from "@durable/protocol/wire";
import { ENDS_AS, type Ending } from "../domain/ending.ts";
import type { Outcome } from "../domain/outcome.ts";
import { decideError } from "./decide-error.ts";
import { decideFailedAttempt } from "./decide-op.ts";
import { journalEntry } from "./journal-entry.ts";
import type { OwedStep } from "./memo.ts";
import { noteLogs } from "./note-logs.ts";
import { OutcomeDraft, pause, sentenceOf } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

export function decideUndo(situation: Situation, ending: Ending, answer: Answer): Outcome {
  // Never null: the commit that undoes the last step ends the run.
  const owed = situation.memo.nextToUndo!;
  if (answer.status === "step_not_found") {
    return pause(
      "CannotUndo",
      `paused: step "${owed.name}" cannot be undone, because the app's code no longer reaches it or has no compensation there. Deploy code that does, then resume.`,
    );
  }
  if (answer.status === "error" && answer.error.code === "nondeterminism") {
    return decideError(situation, answer.error);
  }
  if (answer.status === "continue" && answer.more && answer.ops.length === 0) {
    const message = "The app had no time left for it; raise its time limit.";
    return decideError(situation, { name: "Stuck", message });
  }
  const op = answer.status === "continue" ? answer.ops[0] : undefined;
  if (op === undefined || !isOf(op, owed) || (answer.status === "continue" && answer.ops.length > 1)) {
    return pause(
      "ProtocolError",
      `paused: step "${owed.name}" was to be undone, and the app answered "${answer.status}" without saying what came of it. Update the SDK, then resume.`,
    );
  }
  return op.st === "ok" ? undone(situation, ending, owed, op) : notUndone(situation, owed, op);
}

function isOf(op: { readonly op: string; readonly id: string }, owed: OwedStep): op is CompensateOp {
  return op.op === "compensate" && op.id === stepId(owed.id, owed.name, 0);
}

function undone({ memo }: Situation, ending: Ending, owed: OwedStep, op: CompensateOp): Outcome {
  const draft = new OutcomeDraft();
  const attempt = (memo.pendingOf(op.id)?.attempt ?? 0) + 1;
  noteLogs(op, attempt, draft);
  draft.steps.push(journalEntry(op, { status: "ok", attempt }));
  if (attempt > 1) draft.attempts.push({ stepId: op.id, attempt, outcome: "ok", failure: null });
  draft.effects.push({ kind: "undone", stepId: owed.id, data: "null" });
  if (memo.owedCount > 1) return draft.progress("continue");
  return draft.finish(ENDS_AS[ending.kind], { result: ending.failure, runAttempt: 0, transportAttempt: 0 });
}

function notUndone(situation: Situation, owed: OwedStep, op: CompensateOp): Outcome {
  const draft = new OutcomeDraft();
  const attempt = (situation.memo.pendingOf(op.id)?.attempt ?? 0) + 1;
  noteLogs(op, attempt, draft);
  const { next, error } = decideFailedAttempt(situation, op, attempt, draft);
  if (next.kind === "retry") return draft.progress("wait");
  draft.steps.push(journalEntry(op, { status: "retrying", failure: JSON.stringify(error), attempt }));
  return draft.paused({
    name: "Exhausted",
    message: `paused: step "${owed.name}" cannot be undone. Its compensation failed in attempt ${attempt}, with ${error.name}: ${sentenceOf(error.message)} Mend the cause, then resume: it is tried again, and what is undone stays so.`,
  });
}
