// All branching of an answer, and none of its writing. Pure: the same answer, memo and dice give the same outcome.

import type { Answer, RawJson } from "@durable/protocol/wire";
import type { Outcome } from "../domain/outcome.ts";
import { decideError } from "./decide-error.ts";
import { decideOps } from "./decide-op.ts";
import { decideAbandoned } from "./decide-transport.ts";
import { decideUndo } from "./decide-undo.ts";
import { noteDetour } from "./note-detour.ts";
import { OutcomeDraft, pause } from "./outcome-draft.ts";
import type { Situation } from "./situation.ts";

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
  noteDetour(answer, draft);
  const refused = decideOps(situation, answer.ops, draft);
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

function decideDone(situation: Situation, answer: Extract<Answer, { status: "done" }>): Outcome {
  const draft = new OutcomeDraft();
  const refused = decideOps(situation, answer.ops ?? [], draft);
  if (refused !== null) return refused;
  // As where a handler returns while its step goes on: the function returns again when that is mended.
  if (draft.pausedBy !== null) return draft.paused(draft.pausedBy);
  return draft.finish("completed", {
    result: answer.output === undefined ? null : (answer.output as RawJson).text,
    unclaimed: answer.unclaimed ?? 0,
    runAttempt: 0,
    transportAttempt: 0,
  });
}
