import type { OpIdentity } from "./identity.ts";

/** Claim a step before an at-most-once body runs. */
export interface StartOp extends OpIdentity {
  op: "start";
}
