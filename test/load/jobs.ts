import type { Target } from "./drivers.ts";
import type { Cell } from "./works.ts";

/** What the parent asks of the load generator (client.ts) ... */
export interface Job {
  readonly target: Target;
  readonly cell: Cell;
  /** Load before the window opens, so that the window sees a steady state. */
  readonly leadMs: number;
  readonly windowMs: number;
  readonly seed: number;
}

/** ... and what it hears: when the window opens and closes (to read CPU times), and what was counted. */
export type Report =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  | { readonly kind: "counted"; readonly count: Count }
  | { readonly kind: "failed"; readonly message: string };

export interface Count {
  /** Steps (for `ingest`: events) done within the window. */
  readonly steps: number;
  readonly windowMs: number;
  /** Everything that was done, also before and after the window. */
  readonly allSteps: number;
  /** Of whole runs or batches that were under way within the window. */
  readonly latenciesMs: readonly number[];
  /** For `latency`: when each event was acknowledged, by key, on the machine-wide monotonic clock. */
  readonly acknowledgedNs?: readonly string[];
}
