import type { Payload } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** Publish the run's state. It is no step: it has no entry in the memo, and is not asked for again. */
export interface StateOp extends OpIdentity {
  op: "state";
  v?: Payload;
}
