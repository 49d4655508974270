import type { RetryPolicy } from "../retry.ts";
import type { OpIdentity } from "./identity.ts";

/** A run step found, to be dispatched as a task of its own. */
export interface PlanOp extends OpIdentity {
  op: "plan";
  /** An attempt of which nothing is heard for so long has failed. */
  heartbeat_timeout_ms?: number | undefined;
  /** The step's own policy, for attempts that the engine ends; the function's unless told. */
  retry_policy?: RetryPolicy | undefined;
}
