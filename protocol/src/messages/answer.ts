import type { Failure } from "./failure.ts";
import type { Op } from "./ops/op.ts";
import type { Fence, Payload, StepId } from "./values.ts";

interface AnswerCommon {
  fence: Fence;
  /** How long the SDK held the request, by a monotonic clock. */
  app_ms?: number | undefined;
  /** Digest of the app's manifest; a change causes a sync. */
  manifest?: string | undefined;
  /** Which deployment of the app answers, as its manifest says. */
  deployment?: string | undefined;
  /** Only of a dispatch that sent checkpoints: the number of the last one, and the head its answer told. */
  checkpoint?: { seq: number; known: number } | undefined;
}

/** Where a replay left the recorded path. */
export interface Detour {
  /** Id of the first settled entry that it did not ask for. */
  left: StepId;
  /** Id of what it began meanwhile. */
  began: StepId;
  /** The place in the user's code: `src/trip.ts:12:9`, and the lines around it. */
  frame?: string | undefined;
  /** False where the code may still come to them. */
  certain: boolean;
}

export interface ContinueAnswer extends AnswerCommon {
  status: "continue";
  ops: Op[];
  /** There is more to do at once: the budget was used up, nothing is awaited. */
  more?: boolean | undefined;
  /** Settled memo entries nobody has asked for. */
  unclaimed?: number | undefined;
  /** Only of an app in development. */
  detour?: Detour | undefined;
  /** The handler stays in memory under this token; only with `warm`. */
  warm?: string | undefined;
}

export interface DoneAnswer extends AnswerCommon {
  status: "done";
  /** Missing means undefined. */
  output?: Payload;
  /** Ops not yet acknowledged, applied first. */
  ops?: Op[] | undefined;
  unclaimed?: number | undefined;
}

/** The function itself failed, outside any step. */
export interface ErrorAnswer extends AnswerCommon {
  status: "error";
  error: Failure;
  ops?: Op[] | undefined;
  unclaimed?: number | undefined;
}

/** A step or compensate task named a step that this code does not reach, or that it cannot undo. */
export interface StepNotFoundAnswer extends AnswerCommon {
  status: "step_not_found";
}

/** The SDK stopped because the engine refused its fence meanwhile. */
export interface AbandonedAnswer extends AnswerCommon {
  status: "abandoned";
}

/** The warm handler is gone: send the whole memo. */
export interface NeedMemoAnswer extends AnswerCommon {
  status: "need_memo";
}

/** End this history and begin a fresh one with this input, in the same run. */
export interface RestartAnswer extends AnswerCommon {
  status: "restart";
  input?: Payload;
  ops?: Op[] | undefined;
}

export type Answer =
  | ContinueAnswer
  | DoneAnswer
  | ErrorAnswer
  | StepNotFoundAnswer
  | AbandonedAnswer
  | NeedMemoAnswer
  | RestartAnswer;

export type AnswerStatus = Answer["status"];
