import type { Failure } from "../failure.ts";
import type { RetryPolicy } from "../retry.ts";
import type { Instant, Payload, Ref } from "../values.ts";
import type { OpIdentity } from "./identity.ts";

export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  message: string;
  at: Instant;
  data?: Payload;
}

interface RunCommon extends OpIdentity {
  op: "run";
  /** Duration of the user's code, by a monotonic clock. */
  ms?: number | undefined;
  logs?: LogLine[] | undefined;
}

/** A step was run: its result. At most one of `v` and `ref`; neither means undefined. */
export interface RunOkOp extends RunCommon {
  st: "ok";
  v?: Payload;
  ref?: Ref | undefined;
  /** It can be undone: when the run ends badly, the engine sends a `compensate` task for it. */
  compensate?: boolean | undefined;
}

/** A step was run: one failed attempt. The engine decides whether there is another. */
export interface RunErrOp extends RunCommon {
  st: "err";
  error: Failure;
  /** The step's own policy; the function's unless told. */
  retry_policy?: RetryPolicy | undefined;
}

export type RunOp = RunOkOp | RunErrOp;
