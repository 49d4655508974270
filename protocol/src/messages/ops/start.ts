import type { OpIdentity } from "./identity.ts";

/** A run step found, to be dispatched as a task of its own, at most once. */
export interface StartOp extends OpIdentity {
  op: "start";
}
