import type { Failure, RetryPolicy } from "@durable/protocol/wire";
import { retryDelayMs } from "./backoff.ts";

/** What follows a failed attempt. */
export type RetryDecision =
  | { readonly kind: "retry"; readonly delayMs: number }
  /** The policy allows no more: a person may, where the policy says so. */
  | { readonly kind: "exhausted" }
  /** Trying again would not help: the code says so, or the policy by the error's name. */
  | { readonly kind: "final" };

export interface FailedAttempt {
  readonly policy: RetryPolicy;
  readonly failure: Failure;
  /** From 1, counted since a person last resumed it. */
  readonly attempt: number;
  /** Since the first of these attempts. */
  readonly elapsedMs: number;
  /** In [0, 1). */
  readonly random: number;
}

export function decideRetry({ policy, failure, attempt, elapsedMs, random }: FailedAttempt): RetryDecision {
  const isListed = policy.retry_on === undefined || policy.retry_on.includes(failure.name);
  const isStopped = policy.stop_on?.includes(failure.name) ?? false;
  if (failure.retry === false || !isListed || isStopped) return { kind: "final" };
  if (attempt >= policy.max) return { kind: "exhausted" };
  const delayMs = failure.retry_after_ms ?? retryDelayMs(policy, attempt, random);
  // An attempt that would begin too late is not waited for.
  if (elapsedMs + delayMs > (policy.max_duration_ms ?? Number.POSITIVE_INFINITY))
    return { kind: "exhausted" };
  return { kind: "retry", delayMs };
}
