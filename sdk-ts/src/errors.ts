import type { Failure } from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";

/** Throw it in a step or in a function: it is not tried again, whatever the policy allows. */
export class NonRetriableError extends Error {
  override readonly name: string = "NonRetriableError";
}

/**
 * A value is larger than what is kept of one. Where nothing is recorded yet (an event, a child's input, the state) it can be
 * caught where it stands; a function that it leaves pauses, and so does one whose step returned such a value.
 */
export class ValueTooLargeError extends NonRetriableError {
  override readonly name: string = "ValueTooLargeError";
  readonly code: string = "value-too-large";
}

/** Throw it to say when the next attempt shall be: after a duration, or at an instant. At most 24 hours ahead. */
export class RetryAfterError extends Error {
  override readonly name: string = "RetryAfterError";
  /** Milliseconds from now, from 1. */
  readonly retryAfterMs: number;

  /** @throws TypeError when `after` is neither a duration nor a valid Date. */
  constructor(message: string, after: Duration | Date, options?: ErrorOptions) {
    super(message, options);
    const ms = after instanceof Date ? Math.max(0, after.getTime() - Date.now()) : durationMs(after);
    if (Number.isNaN(ms)) throw new TypeError("RetryAfterError got an invalid Date.");
    this.retryAfterMs = Math.max(1, ms);
  }
}

/** One attempt of a step took longer than its `timeout`; it is tried again like any failure. */
export class StepTimeoutError extends Error {
  override readonly name: string = "StepTimeoutError";
}

/**
 * The code of a step gave no heartbeat for as long as its `heartbeatTimeout` allows; it is tried again like any failure.
 */
export class HeartbeatTimeoutError extends Error {
  override readonly name: string = "HeartbeatTimeoutError";
}

/** The reason of a step's `signal` when the engine no longer waits for the step. */
export class HungUpError extends Error {
  override readonly name: string = "HungUpError";

  constructor() {
    super("The engine no longer waits for this request: the run was ended, or goes on elsewhere.");
  }
}

/** So many branches of a `step.parallel` failed that those which are left cannot be enough. */
export class JoinError extends AggregateError {
  override readonly name: string = "JoinError";
}

/** As it was recorded: what a function fails with that does not catch the error. Not part of what users see. */
export let recordedFailure: (error: StepError) => Failure;

/**
 * What user code catches when a step failed for good. `name`, `message` and `cause` are those of the error the step
 * threw on its last attempt, as far as JSON could keep them.
 */
export class StepError extends Error {
  readonly stepName: string;
  /** The `code` of the error the step threw, if it had one. */
  readonly code: string | undefined;
  readonly #failure: Failure;

  constructor(stepName: string, failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: restoreError(failure.cause) });
    this.name = failure.name;
    this.stepName = stepName;
    this.code = failure.code;
    this.#failure = failure;
  }

  static {
    recordedFailure = (error) => error.#failure;
  }
}

/**
 * A step that runs `atMostOnce` may have run, and nobody knows how it went: the app or the engine was lost in the middle,
 * or its `timeout` or `heartbeatTimeout` was over. It is not run again. Look at what it would have done, and decide.
 */
export class StepInterruptedError extends StepError {}

/** What a recorded failure is for user code. */
export function stepErrorOf(stepName: string, failure: Failure): StepError {
  const isInterrupted = failure.name === "StepInterruptedError" && failure.code === "interrupted";
  return isInterrupted ? new StepInterruptedError(stepName, failure) : new StepError(stepName, failure);
}

/**
 * A function that was started or called from outside did not return: its run failed or was cancelled, or its handler
 * threw. `cause` is the error as user code threw it, as far as JSON could keep it.
 */
export class FunctionError extends Error {
  override readonly name: string = "FunctionError";
  /** Of a query: undefined, for a run is asked without naming its function. */
  readonly functionId: string | undefined;
  /** Undefined for a one-off call, which has no run. */
  readonly runId: string | undefined;
  readonly status: "failed" | "cancelled";
  /** The `code` of the error, if it had one. */
  readonly code: string | undefined;

  constructor(end: {
    readonly functionId?: string;
    readonly runId?: string;
    /** The query that failed, of a run that goes on. */
    readonly query?: string;
    readonly status: "failed" | "cancelled";
    readonly failure: Failure | null;
  }) {
    const { functionId, runId, query, status, failure } = end;
    const run = functionId === undefined ? `run ${runId}` : `Run ${runId} of "${functionId}"`;
    const which =
      query !== undefined ? `Query "${query}" of ${run}` : runId === undefined ? `"${functionId}"` : run;
    const why = failure === null ? "" : `: ${failure.name}: ${failure.message}`;
    super(
      `${which} ${status === "cancelled" ? "was cancelled" : "failed"}${why}`,
      failure === null ? undefined : { cause: restoreError(failure) },
    );
    this.functionId = functionId;
    this.runId = runId;
    this.status = status;
    this.code = failure?.code;
  }
}

/** A failure as an error again; what it was an instance of is not known any more. */
export function restoreError({ name, message, code, cause }: Failure): Error & { code?: string } {
  const error: Error & { code?: string } = new Error(
    message,
    cause === undefined ? undefined : { cause: restoreError(cause) },
  );
  error.name = name;
  if (code !== undefined) error.code = code;
  return error;
}
