/** Where a run can be, as people are told. */
export const RUN_STATUSES = [
  "queued",
  "running",
  "waiting",
  "paused",
  "failing", // its steps are undone; then it is failed
  "cancelling",
  "completed",
  "failed",
  "cancelled",
] as const;

export type RunStatus = (typeof RUN_STATUSES)[number];
