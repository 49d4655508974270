// What the end of a dispatch means whose step runs at most once. Pure. Its code is never called again once it may have
// begun: what brought no result is an error that user code can catch, and that says what is known.

import type { Failure, RetryPolicy } from "@durable/protocol/wire";
import { DEFAULT_RETRY } from "../domain/backoff.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { Reply } from "./call-app.ts";
import { decideTask, decideTaskReply, failedTask, type PlannedStep, ran } from "./decide-task.ts";
import { isTooLarge } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

const ONE_ATTEMPT: RetryPolicy = { ...DEFAULT_RETRY, max: 1 };
/** The engine held it and died, or was stopped. */
export const NOBODY_KNOWS = "The engine that had called its code was lost before it stored the answer.";
/** Postgres does not take what it returned. */
export const UNSTORABLE = "It ran, but what it returned cannot be stored";

export function decideOnceReply(situation: Situation, step: PlannedStep, reply: Reply): TaskOutcome {
  switch (reply.kind) {
    case "answer": {
      const { answer } = reply;
      if (answer.status === "step_not_found") return decideTask(situation, step, answer);
      const [op, ...more] = answer.status === "continue" ? answer.ops : [];
      if (op?.op === "run" && op.id === step.stepId && more.length === 0) {
        if (op.st === "ok") return ran(situation, op);
        // To pause is of no use: resumed, it would not run again.
        if (isTooLarge(op.error)) return interrupted(situation, step, `${UNSTORABLE}: ${op.error.message}`);
        return ran(situation, { ...op, retry_policy: ONE_ATTEMPT });
      }
      return interrupted(
        situation,
        step,
        answer.status === "error"
          ? `The code around it failed while it may have been running: ${answer.error.message}`
          : `The app answered "${answer.status}" without its result.`,
      );
    }
    case "nonsense":
      return interrupted(situation, step, reply.detail);
    case "unanswered":
      // All other ends say that the app has not taken the request.
      return reply.end.kind === "broken"
        ? interrupted(situation, step, reply.end.detail)
        : decideTaskReply(situation, step, reply);
    case "too-large":
      return decideTaskReply(situation, step, reply);
  }
}

/** It may have run, and will not run again. */
export function interrupted(situation: Situation, step: PlannedStep, why: string): TaskOutcome {
  const error: Failure = {
    name: "StepInterruptedError",
    message: `Step "${step.name}" may have run, and its result is not known. It runs at most once, so it is not tried again. ${why}`,
    code: "interrupted",
    retry: false,
  };
  return failedTask(situation, step, error, ONE_ATTEMPT);
}
