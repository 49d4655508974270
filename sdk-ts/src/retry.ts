import {
  ATTEMPTS_MAX,
  RETRY_DELAY_MS_MAX,
  RETRY_DELAY_MS_MIN,
  type RetryPolicy,
} from "@durable/protocol/wire";
import { type Duration, durationMs } from "./duration.ts";

/** How often and when a failed step is tried again. */
export interface RetryOptions {
  /** All attempts, the first included: 1 means no retry. Default 4, at most 1,000. */
  readonly max?: number | undefined;
  /** How the delay grows. Default exponential. */
  readonly backoff?: "exponential" | "linear" | "constant" | undefined;
  /** Delay before the second attempt. Default 1 s. */
  readonly base?: Duration | undefined;
  /** What exponential backoff multiplies by per attempt, 1 to 100. Default 2. */
  readonly factor?: number | undefined;
  /** No delay is longer. Default 1 h, at most 24 h. */
  readonly maxDelay?: Duration | undefined;
  /** Default true: each delay is spread over its upper half. */
  readonly jitter?: boolean | undefined;
}

/**
 * The policy as the wire says it; what a step does not say is the function's.
 * @throws TypeError with the bounds, for what the engine could not accept.
 */
export function retryPolicy(options: RetryOptions, ofFunction: RetryOptions = {}): RetryPolicy {
  const max = options.max ?? ofFunction.max ?? 4;
  if (!Number.isInteger(max) || max < 1 || max > ATTEMPTS_MAX) {
    throw new TypeError(
      `retry.max counts all attempts: a whole number from 1 to ${ATTEMPTS_MAX}, not ${max}.`,
    );
  }
  const factor = options.factor ?? ofFunction.factor ?? 2;
  if (!(factor >= 1 && factor <= 100)) {
    throw new TypeError(`retry.factor must be a number from 1 to 100, not ${factor}.`);
  }
  const backoff = options.backoff ?? ofFunction.backoff ?? "exponential";
  if (!["exponential", "linear", "constant"].includes(backoff)) {
    throw new TypeError(`retry.backoff must be "exponential", "linear" or "constant", not "${backoff}".`);
  }
  return {
    max,
    backoff,
    base_ms: delayMs(options.base ?? ofFunction.base ?? 1_000),
    factor,
    max_ms: delayMs(options.maxDelay ?? ofFunction.maxDelay ?? 3_600_000),
    jitter: options.jitter ?? ofFunction.jitter ?? true,
  };
}

function delayMs(duration: Duration): number {
  return Math.min(Math.max(durationMs(duration), RETRY_DELAY_MS_MIN), RETRY_DELAY_MS_MAX);
}
