import type { OpIdentity } from "./identity.ts";

/** Its value is the payload, or null after the timeout. */
export interface SignalOp extends OpIdentity {
  op: "signal";
  key: string;
  timeout_ms?: number | undefined;
}
