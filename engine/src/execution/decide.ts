// All branching of an answer, and none of its writing. Pure: the same answer, memo and dice give the same outcome.

import {
  type Answer,
  type Failure,
  MEMO_ENTRIES_MAX,
  type Op,
  type RawJson,
  type RetryPolicy,
} from "@durable/protocol/wire";
import type { Outcome } from "../domain/outcome.ts";
import { decideRetry } from "../domain/retry-decision.ts";
import type { FunctionEntry } from "../registry/workspace-registry.ts";
import { decideOp } from "./decide-op.ts";
import { decideAbandoned } from "./decide-transport.ts";
import { decideUndo } from "./decide-undo.ts";
import type { Memo } from "./memo.ts";
import { disagreement, exhausted, OutcomeDraft, pause } from "./outcome-draft.ts";

export interface Situation {
  readonly memo: Memo;
  /** The function's policy; a step may bring its own. */
  readonly retry: RetryPolicy;
  /** What the run last said of itself; JSON text. */
  readonly state: string | null;
  readonly runAttempt: number;
  readonly transportAttempt: number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newEventId: () => string;
  /** The journal has grown during the dispatch, by its checkpoints or beside it; missing means no. */
  readonly hasProgressed?: boolean;
  /** The journal holds results that the app has not seen yet; missing means no. */
  readonly hasUnseen?: boolean;
  /** What it may invoke: the functions of its own app, by id. */
  readonly app: string;
  readonly functions: ReadonlyMap<string, FunctionEntry>;
  /** How many parents the run has above it. */
  readonly depth: number;
}

export function decide(situation: Situation, answer: Answer): Outcome {
  const { ending } = situation.memo;
  if (ending !== null) return decideUndo(situation, ending, answer);
  switch (answer.status) {
    case "continue":
      return decideContinue(situation, answer);
    case "done":
      return decideDone(situation, answer);
    case "error":
      return decideError(situation, answer.error, answer.ops);
    case "abandoned":
      return decideAbandoned(situation);
    case "step_not_found":
    case "need_memo":
    case "restart":
      return pause(
        "ProtocolError",
        `paused: the app answered "${answer.status}", which this engine did not offer it. Update the engine or the SDK, then resume.`,
      );
  }
}

function decideContinue(situation: Situation, answer: Extract<Answer, { status: "continue" }>): Outcome {
  const draft = new OutcomeDraft();
  const refused = readOps(situation, answer.ops, draft);
  if (refused !== null) return refused;
  if (draft.pausedBy !== null) return draft.paused(draft.pausedBy);
  // Something new to tell user code: go on at once. Otherwise whatever is pending will wake the run.
  if (draft.settledCount > 0) return draft.progress("continue");
  // Its time was up before it was done, so it is called again; but not for ever if it never gets anywhere.
  if (answer.more && (draft.steps.length > 0 || situation.hasProgressed)) return draft.progress("requeue");
  if (situation.hasUnseen) return draft.progress("continue");
  if (!answer.more && (draft.steps.length > 0 || situation.memo.isAnythingPending))
    return draft.progress("wait");
  return decideError(situation, {
    name: "Stuck",
    message: answer.more
      ? "the app had no time left for a single step; raise its time limit"
      : "the function neither ended nor asked for anything: does it await something that is no step and never settles, or a step that lost a race?",
  });
}

/** Writes all ops into the draft, or answers the pause that one of them causes. */
export function readOps(situation: Situation, ops: readonly Op[], draft: OutcomeDraft): Outcome | null {
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

function decideDone(situation: Situation, answer: Extract<Answer, { status: "done" }>): Outcome {
  const draft = new OutcomeDraft();
  const refused = readOps(situation, answer.ops ?? [], draft);
  if (refused !== null) return refused;
  return draft.finish("completed", {
    result: answer.output === undefined ? null : (answer.output as RawJson).text,
    unclaimed: answer.unclaimed ?? 0,
    runAttempt: 0,
    transportAttempt: 0,
  });
}

/** The function itself failed, outside of any step: tried again from the top with the same memo. */
export function decideError(situation: Situation, failure: Failure, ops: readonly Op[] = []): Outcome {
  if (failure.code === "nondeterminism") {
    return disagreement(failure.message);
  }
  const draft = new OutcomeDraft();
  const refused = readOps(situation, ops, draft);
  if (refused !== null) return refused;
  const attempt = situation.runAttempt + 1;
  const text = JSON.stringify(failure);
  draft.attempts.push({ stepId: null, attempt, outcome: "failed", failure: text });
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
