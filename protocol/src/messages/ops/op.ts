import type { BranchOp } from "./branch.ts";
import type { CompensateOp } from "./compensate.ts";
import type { FetchOp } from "./fetch.ts";
import type { GroupOp } from "./group.ts";
import type { InputOp } from "./input.ts";
import type { InvokeOp } from "./invoke.ts";
import type { JoinOp } from "./join.ts";
import type { PlanOp } from "./plan.ts";
import type { RunOp } from "./run.ts";
import type { SendOp } from "./send.ts";
import type { SignalOp } from "./signal.ts";
import type { SleepOp } from "./sleep.ts";
import type { StartOp } from "./start.ts";
import type { StateOp } from "./state.ts";
import type { WaitOp } from "./wait.ts";

/** The closed list; `../../ops/op.ts` holds their schemas. */
export type Op =
  | RunOp
  | CompensateOp
  | PlanOp
  | JoinOp
  | FetchOp
  | SleepOp
  | WaitOp
  | SignalOp
  | InputOp
  | InvokeOp
  | SendOp
  | StartOp
  | GroupOp
  | BranchOp
  | StateOp;

export type OpName = Op["op"];
