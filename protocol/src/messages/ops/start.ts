import type { OpIdentity } from "./identity.ts";

/** A run step found, to be dispatched as a task of its own, at most once. */
export interface StartOp extends OpIdentity {
  op: "start";
  /** When nothing is heard of it for so long, it is interrupted. */
  heartbeat_timeout_ms?: number | undefined;
}
