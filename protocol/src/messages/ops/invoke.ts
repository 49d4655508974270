import type { Payload } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

/** Start a child run. Its value is the child's output, or with `spawn` the child's id, at once. */
export interface InvokeOp extends OpIdentity {
  op: "invoke";
  fn: string;
  /** Of which app the function is, where it is another one: it must have this one among its callers. */
  app?: string | undefined;
  input?: Payload;
  /** Nobody waits for its end. */
  spawn?: boolean | undefined;
  /** After it the step fails. */
  timeout_ms?: number | undefined;
  /** What becomes of the child when its parent is cancelled or waits for it no longer; `cascade` unless told. */
  on_cancel?: "cascade" | "abandon" | undefined;
}
