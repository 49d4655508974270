import type { Failure } from "./failure.ts";
import type { Fence, Payload, StepId } from "./values.ts";

/** What came of an attempt of a step that was over by then. It is kept for people to see, and changes nothing. */
export type LateRequest = {
  run: string;
  /** Of the dispatch that the attempt was for. */
  fence: Fence;
  id: StepId;
  /** Of the step, for people: it may have no entry. */
  name: string;
  attempt: number;
} & ({ st: "ok"; v?: Payload } | { st: "err"; error: Failure });
