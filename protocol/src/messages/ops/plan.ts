import type { OpIdentity } from "./identity.ts";

/** A run step found, to be dispatched as a task of its own. */
export interface PlanOp extends OpIdentity {
  op: "plan";
}
