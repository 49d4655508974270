import type { Failure } from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";

/** Throw it in a step or a function: it is not tried again, whatever the policy allows. */
export class NonRetriableError extends Error {
  override readonly name: string = "NonRetriableError";
}

/** Throw it to say when the next attempt shall be: after a duration, or at an instant. */
export class RetryAfterError extends Error {
  override readonly name: string = "RetryAfterError";
  readonly retryAfterMs: number;

  constructor(message: string, after: Duration | Date, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = after instanceof Date ? Math.max(1, after.getTime() - Date.now()) : durationMs(after);
  }
}

/**
 * What user code catches when a step failed for good. `name` and `message` are those of the error the step threw;
 * `cause` is its cause, restored as far as it could be kept.
 */
export class StepError extends Error {
  readonly stepName: string;
  readonly code: string | undefined;

  constructor(stepName: string, failure: Failure) {
    super(
      failure.message,
      failure.cause === undefined ? undefined : { cause: new StepError(stepName, failure.cause) },
    );
    this.name = failure.name;
    this.stepName = stepName;
    this.code = failure.code;
  }
}

/** A step took longer than its `timeout`; it is tried again like any failure. */
export class StepTimeoutError extends Error {
  override readonly name: string = "StepTimeoutError";
}
