export interface RetryPolicy {
  /** All attempts, the first included; 1 means no retry. */
  max: number;
  backoff: "exponential" | "linear" | "constant" | "table";
  /** With `table`: the delay after each failed attempt; the last one holds for all later ones. */
  table_ms?: number[] | undefined;
  /** Delay before the second attempt. */
  base_ms: number;
  /** What exponential backoff multiplies by per attempt. */
  factor: number;
  /** No delay is longer. */
  max_ms: number;
  /** Spread each delay over its upper half, so that a wave of failures does not come back as one. */
  jitter: boolean;
  /** Names of errors. With it, only these are tried again. */
  retry_on?: string[] | undefined;
  /** Names of errors that are not tried again, whatever `retry_on` says. */
  stop_on?: string[] | undefined;
  /** No attempt begins later than so many ms after the first failed. */
  max_duration_ms?: number | undefined;
  /** What follows the last attempt: the step fails, or the run pauses until a person resumes it. Missing: `fail`. */
  on_exhausted?: "fail" | "pause" | undefined;
}
