import type { Fence, Payload, StepId } from "./values.ts";

/** The code of a step says that it lives, and how far it is. */
export interface Beat {
  id: StepId;
  /** Of the step, for people: one that runs for the first time has no entry yet. */
  name: string;
  /** How far it is. */
  data?: Payload;
}

/** What steps of one dispatch say while they run. Nothing is recorded by it, and no fence changes. */
export interface HeartbeatRequest {
  run: string;
  /** Of the dispatch. */
  fence: Fence;
  /** The last word of each step that has said something since the message before. */
  beats: Beat[];
}
