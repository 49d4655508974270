import type { Failure } from "../failure.ts";
import type { RetryPolicy } from "../retry.ts";
import type { StepId } from "../values.ts";
import type { OpIdentity } from "./identity.ts";
import type { LogLine } from "./run.ts";

interface CompensateCommon extends OpIdentity {
  op: "compensate";
  /** The step that is undone. `name` is that step's, `n` is 0. */
  scope: StepId;
  ms?: number | undefined;
  logs?: LogLine[] | undefined;
}

export interface CompensateOkOp extends CompensateCommon {
  st: "ok";
}

/** One failed attempt at undoing. After the last one the run pauses. */
export interface CompensateErrOp extends CompensateCommon {
  st: "err";
  error: Failure;
  retry_policy?: RetryPolicy | undefined;
}

/** What a `compensate` task came to: the only op of its answer. */
export type CompensateOp = CompensateOkOp | CompensateErrOp;
