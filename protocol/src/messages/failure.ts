import type { StepId } from "./values.ts";

/** User code's error, kept as data. */
export interface Failure {
  name: string;
  /** At most 4 KiB; an SDK cuts what is longer. */
  message: string;
  /** False: do not try again, whatever the policy allows. Missing means true. */
  retry?: boolean | undefined;
  /** Not before so many ms; takes the place of the policy's delay. */
  retry_after_ms?: number | null | undefined;
  /** A word for programs, such as `declined` or, set by an SDK, `nondeterminism`. */
  code?: string | undefined;
  cause?: Failure | undefined;
  /** The step that it comes from, when the function failed because one of its steps had. */
  step?: StepId | undefined;
  /** Only when the app opts in: it may show paths and source. */
  stack?: string | undefined;
  /** The innermost place in the user's own code, `file:line:column`: what groups equal failures. */
  frame?: string | undefined;
}
