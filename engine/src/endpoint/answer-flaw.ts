import type { JsonProblemCode } from "@durable/protocol/wire";

/** Why an answer is refused: nothing of it counts, and its run pauses with the reason. */
export type AnswerFlaw =
  | JsonProblemCode
  | "too-large"
  | "invalid-answer" // a member is missing, has another type or is out of bounds
  | "unknown-status"
  | "unknown-op"
  | "wrong-fence"
  | "wrong-step-id"
  | "duplicate-op";
