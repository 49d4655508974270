import type { Failure, Op } from "@durable/protocol/wire";
import type { Outcome } from "../domain/outcome.ts";
import { decideRetry } from "../domain/retry-decision.ts";
import { decideOps } from "./decide-op.ts";
import { disagreement, exhausted, isTooLarge, OutcomeDraft, pause, tooLarge } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

/** The function itself failed, outside of any step: tried again from the top with the same memo. */
export function decideError(situation: Situation, failure: Failure, ops: readonly Op[] = []): Outcome {
  if (failure.code === "nondeterminism") {
    return disagreement(failure.message);
  }
  const draft = new OutcomeDraft();
  const refused = decideOps(situation, ops, draft);
  if (refused !== null) return refused;
  // A person is asked for a step beside it: tried again, or failed, the function would not wait for that.
  if (draft.pausedBy !== null) return draft.paused(draft.pausedBy);
  const attempt = situation.runAttempt + 1;
  const text = JSON.stringify(failure);
  draft.attempts.push({ stepId: null, attempt, outcome: "failed", failure: text });
  if (isTooLarge(failure) && situation.memo.ending === null)
    return draft.paused(tooLarge("what is not recorded", failure));
  const policy = situation.retry;
  const next = decideRetry({ policy, failure, attempt, elapsedMs: 0, random: situation.random() });
  if (next.kind === "retry") {
    return draft.finish("wait", { runAttempt: attempt, transportAttempt: 0, retryMs: next.delayMs });
  }
  if (next.kind === "exhausted" && policy.on_exhausted === "pause") {
    return draft.paused(exhausted("the function", attempt, failure));
  }
  return fail(situation, draft, text, attempt);
}

/** The run has failed. It ends with that, unless steps of it can be undone: then this begins. */
function fail({ memo }: Situation, draft: OutcomeDraft, failure: string, runAttempt: number): Outcome {
  if (memo.ending !== null) {
    const { message } = JSON.parse(failure) as Failure;
    return pause(
      "CannotUndo",
      `paused: step "${memo.nextToUndo!.name}" cannot be undone. ${message} Mend the app, then resume.`,
    );
  }
  if (memo.owedCount === 0 && !draft.effects.some(({ kind }) => kind === "compensable")) {
    return draft.finish("failed", { result: failure, runAttempt, transportAttempt: 0 });
  }
  draft.effects.push({ kind: "failing", stepId: null, data: failure });
  return draft.progress("continue");
}
