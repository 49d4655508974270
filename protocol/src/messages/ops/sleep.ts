import type { Instant } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** Exactly one of `ms` and `until`. */
export interface SleepOp extends OpIdentity {
  op: "sleep";
  ms?: number | undefined;
  until?: Instant | undefined;
}
