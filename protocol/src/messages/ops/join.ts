import type { Payload, StepId } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** A race or a join is decided: the order of the memo says how. The engine cancels what is still open of the losers. */
export interface JoinOp extends OpIdentity {
  op: "join";
  /** Open steps that nobody will wait for any more. */
  losers: StepId[];
  /** Shown to people: which branches decided it. */
  v?: Payload;
}
