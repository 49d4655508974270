import type { AttemptEntry } from "./outcome.ts";

/** What the engine decides from the end of one task's dispatch. Its lease ends with it, always. */
export interface TaskOutcome {
  readonly status: TaskStatus;
  /** JSON text as received, of `ok`; null for an undefined result. */
  readonly value: string | null;
  /** Of `err` and `retrying`; why, of `paused`. */
  readonly failure: string | null;
  /** Attempts of the step so far, this one included. */
  readonly attempt: number;
  /** Dispatches without a usable answer since the last one with. */
  readonly transportAttempt: number;
  /** Until the next dispatch; null when there is none. */
  readonly retryMs: number | null;
  /** It is `ok` and can be undone. */
  readonly isCompensable: boolean;
  /** What its code said, as the effect `log` has it; null is nothing. */
  readonly logs: string | null;
  /** What the dispatch is remembered as, under its fence. */
  readonly record: Omit<AttemptEntry, "stepId">;
}

export type TaskStatus =
  | "ok" // the entry is settled, the run is woken
  | "err"
  | "retrying" // the step failed and is tried again
  | "unanswered" // nobody's attempt: sent again
  | "paused"; // needs a person
