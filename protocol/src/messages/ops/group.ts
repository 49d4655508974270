import type { Payload, Ref, StepId } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** The value of a finished group; its children leave the memo. */
export interface GroupOp extends OpIdentity {
  op: "group";
  /** The steps that it stands for from now on; what is still open of them is cancelled. */
  folds: StepId[];
  v?: Payload;
  ref?: Ref | undefined;
}
