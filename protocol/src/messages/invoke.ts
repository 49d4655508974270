import type { CallRequest, QueryRequest } from "./call.ts";
import type { EngineOffer } from "./engine-offer.ts";
import type { RunEvent } from "./event.ts";
import type { InspectRequest } from "./inspect.ts";
import type { MemoEntry } from "./memo.ts";
import type { Fence, Instant, StepId } from "./values.ts";

export type Task =
  /** Continue the run; may add ops. At most one live per run. */
  | { kind: "advance"; fence: Fence }
  /** Run one planned step and report only it. Sent only to SDKs with `parallel`. */
  | { kind: "step"; step: StepId; fence: Fence }
  /** Run the compensation of one completed step and report only that. Sent only for steps that declared one. */
  | { kind: "compensate"; step: StepId; fence: Fence };

export interface Budget {
  /** Start no new step after so many ms. */
  ms: number;
  /** Turns without an acknowledgement: in one turn all steps reached before user code blocks run together. */
  steps: number;
}

export interface RunInput {
  event: RunEvent;
  /** All events of a batch, the first of which is `event`. */
  events?: RunEvent[] | undefined;
}

export interface InvokeRequest {
  type: "invoke";
  /** The only deployment that may run it: another one answers `abandoned` and says who it is. */
  deployment?: string | undefined;
  app: string;
  fn: string;
  rev?: string | undefined;
  /** `attempt`: of the function outside its steps; missing means 1. */
  run: { id: string; started_at: Instant; attempt?: number | undefined };
  task: Task;
  input: RunInput;
  /** In the order of completion, which is the order in which an SDK resolves. */
  memo: MemoEntry[];
  /** Cursor of the rest of the memo, or null when this is all. */
  memo_next: string | null;
  /** By step id, the number its next attempt will carry; 2 is the first retry. Missing means 1. */
  attempts: Record<StepId, number>;
  budget: Budget;
  /** Head of the journal that this memo shows; an SDK repeats it in checkpoints. */
  known?: number | undefined;
  /** What the engine offers beside level 0, and under which name it knows the app's environment. */
  engine?: EngineOffer | undefined;
  /** Token of the suspended handler to continue; only to SDKs with `warm`. */
  warm?: string | undefined;
}

export type EngineRequest = InspectRequest | InvokeRequest | CallRequest | QueryRequest;
