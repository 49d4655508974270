/** Where a run is, as people are told. */
export type RunStatus =
  | "queued"
  | "running"
  | "waiting"
  | "paused"
  | "failing" // its steps are undone; then it is failed
  | "cancelling"
  | "completed"
  | "failed"
  | "cancelled";
