/** What a step whose code is running said last (`heartbeat`). */
export interface StepProgress {
  readonly name: string;
  readonly progress: unknown;
  /** RFC 3339, UTC. */
  readonly at: string;
}

export interface RunStep {
  readonly name: string;
  /** Occurrence of the name. */
  readonly n: number;
  readonly status: "ok" | "err" | "pending" | "retrying" | "cancelled";
  /** RFC 3339, UTC; null while it is open. */
  readonly settled_at: string | null;
}

/** A run as its token shows it: what the token does not show is not there. */
export interface RunView<Output = unknown, State = unknown> {
  readonly id: string;
  /** Nothing of it changes any more. */
  readonly ended: boolean;
  readonly status?:
    | "queued"
    | "running"
    | "waiting"
    | "paused"
    | "failing"
    | "cancelling"
    | "completed"
    | "failed"
    | "cancelled";
  /** What the run last said of itself (`step.setState`). */
  readonly state?: State | null;
  readonly progress?: readonly StepProgress[];
  /** The last 100. */
  readonly steps?: readonly RunStep[];
  readonly output?: Output | null;
  readonly failure?: { readonly name: string; readonly message: string } | null;
}
