// What the end of a task's dispatch means. Pure. The app was asked for one body: its `run` op is read by the very rules
// that hold for a step that ran inline, and anything else is no answer to what was asked.

import type { Answer, Failure, RetryPolicy, RunErrOp, RunOp } from "@durable/protocol/wire";
import type { Outcome, StepEntry } from "../domain/outcome.ts";
import type { TaskOutcome } from "../domain/task-outcome.ts";
import type { JournalEntry } from "../store/journals.ts";
import type { Reply } from "./call-app.ts";
import { decideRun } from "./decide-op.ts";
import { decideTooLarge } from "./decide-too-large.ts";
import { decideAbandoned, decideTransport } from "./decide-transport.ts";
import { disagreement, OutcomeDraft, pause } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

export type PlannedStep = Pick<JournalEntry, "stepId" | "name" | "n" | "attempt" | "asked">;

/** `situation.memo` offers the step and nothing else. */
export function decideTaskReply(situation: Situation, step: PlannedStep, reply: Reply): TaskOutcome {
  switch (reply.kind) {
    case "answer":
      return decideTask(situation, step, reply.answer);
    case "nonsense":
      return failedTask(situation, step, { name: "ProtocolError", message: reply.detail, code: reply.code });
    case "unanswered":
      return isSilent(reply) && !reply.isDown
        ? failedTask(situation, step, silence(step), step.asked?.retry_policy)
        : unanswered(step, decideTransport(situation, reply.end, reply.isDown));
    case "too-large":
      return paused(step, decideTooLarge(reply));
  }
}

export function decideTask(situation: Situation, step: PlannedStep, answer: Answer): TaskOutcome {
  switch (answer.status) {
    case "continue": {
      const [op, ...more] = answer.ops;
      if (op?.op === "run" && op.id === step.stepId && more.length === 0) return ran(situation, op);
      const message = `the app was asked to run the planned step "${step.name}" and nothing else, and answered ${answer.ops.length === 0 ? "without its result" : "with something else"}`;
      return failedTask(situation, step, { name: "ProtocolError", message });
    }
    case "error":
      // The code around the step failed before it reached it.
      return answer.error.code === "nondeterminism"
        ? paused(step, disagreement(answer.error.message))
        : failedTask(situation, step, answer.error);
    case "step_not_found":
      return paused(
        step,
        pause(
          "StepNotFound",
          `paused: step "${step.name}" (${step.n}) was planned by an earlier turn, and the code no longer reaches it. Deploy code that takes the recorded path, then resume.`,
        ),
      );
    case "abandoned":
      return unanswered(step, decideAbandoned(situation));
    case "done":
    case "need_memo":
    case "restart":
      return paused(
        step,
        pause(
          "ProtocolError",
          `paused: the app answered "${answer.status}" when it was asked to run step "${step.name}". Update the engine or the SDK, then resume.`,
        ),
      );
  }
}

function isSilent({ end }: Extract<Reply, { kind: "unanswered" }>): boolean {
  return end.kind === "broken" && end.reason === "silent";
}

/** An SDK that lives says so itself. */
function silence({ name, asked }: PlannedStep): Failure {
  const ms = asked?.heartbeat_timeout_ms;
  return {
    name: "HeartbeatTimeoutError",
    message: `Nothing was heard of step "${name}" for longer than its heartbeatTimeout of ${ms} ms. Its process hangs or is gone, or what it says does not reach the engine: does DURABLE_URL lead there?`,
  };
}

/** Its attempt has failed, as if its body had. */
export function failedTask(
  situation: Situation,
  step: PlannedStep,
  error: Failure,
  policy?: RetryPolicy,
): TaskOutcome {
  const op: RunErrOp = { op: "run", id: step.stepId, name: step.name, n: step.n, st: "err", error };
  if (policy !== undefined) op.retry_policy = policy;
  return ran(situation, op);
}

/** Nobody reported it but the task it was planned for, so there is nothing to hold it against. */
export function ran(situation: Situation, op: RunOp): TaskOutcome {
  const draft = new OutcomeDraft();
  decideRun(situation, op, draft);
  if (draft.pausedBy !== null) return exhausted(draft);
  const [entry] = draft.steps;
  const { status, value, failure, attempt, dueMs } = entry!;
  return {
    status: status === "ok" || status === "err" ? status : "retrying",
    value,
    failure,
    attempt,
    transportAttempt: 0,
    retryMs: dueMs,
    isCompensable: draft.effects.some(({ kind }) => kind === "compensable"),
    logs: logsOf(draft),
    record: { attempt, outcome: status === "ok" ? "ok" : "failed", failure },
  };
}

/** Its last attempt has failed, and its policy says that a person is asked. */
function exhausted(draft: OutcomeDraft): TaskOutcome {
  const [{ attempt, failure }] = draft.steps as [StepEntry];
  return {
    status: "paused",
    value: null,
    failure: draft.paused(draft.pausedBy!).result,
    attempt,
    transportAttempt: 0,
    retryMs: null,
    isCompensable: false,
    logs: logsOf(draft),
    record: { attempt, outcome: "failed", failure },
  };
}

function logsOf({ effects }: OutcomeDraft): string | null {
  return effects.find(({ kind }) => kind === "log")?.data ?? null;
}

function unanswered(step: PlannedStep, outcome: Outcome): TaskOutcome {
  const [record] = outcome.attempts;
  if (record === undefined) return paused(step, outcome);
  const { attempt, outcome: end, failure } = record;
  return {
    status: "unanswered",
    value: null,
    failure: null,
    attempt: step.attempt,
    transportAttempt: outcome.transportAttempt,
    retryMs: outcome.retryMs,
    isCompensable: false,
    logs: null,
    record: { attempt, outcome: end, failure },
  };
}

/** The run pauses, and the task with it. */
export function paused(step: PlannedStep, { result }: Outcome): TaskOutcome {
  return {
    status: "paused",
    value: null,
    failure: result,
    attempt: step.attempt,
    transportAttempt: 0,
    retryMs: null,
    isCompensable: false,
    logs: null,
    record: { attempt: step.attempt + 1, outcome: "protocol", failure: result },
  };
}
