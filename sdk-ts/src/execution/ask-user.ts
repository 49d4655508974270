import { type Failure, RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN } from "@durable/protocol/wire";
import { durationMs } from "../duration.ts";
import type { RetryOptions } from "../retry.ts";

/**
 * What the user's own `retry.decide` says of a failed attempt, in the failure. An error that says itself whether and
 * when to try again is not asked about. One that cannot decide leaves it to the declared delays, and says so.
 */
export function askUser(
  decide: RetryOptions["decide"],
  attempt: number,
  thrown: unknown,
  failure: Failure,
): Failure {
  const isSaid = failure.retry === false || typeof failure.retry_after_ms === "number";
  if (decide === undefined || isSaid) return failure;
  try {
    const decided = decide(attempt, thrown);
    if (decided === "stop") return { ...failure, retry: false };
    const ms = Math.min(Math.max(durationMs(decided), RETRY_DELAY_MS_MIN), RETRY_DELAY_MS_MAX);
    return { ...failure, retry_after_ms: ms };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...failure, message: `${failure.message} (retry.decide gave no answer: ${why})` };
  }
}
