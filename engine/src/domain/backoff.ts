import type { RetryPolicy } from "@durable/protocol/wire";

export const RETRY_DELAY_MS_MIN = 1;
export const RETRY_DELAY_MS_MAX = 24 * 60 * 60 * 1000;

/** What a function gets that says nothing: four attempts, 1 s, 2 s, 4 s between them. */
export const DEFAULT_RETRY: RetryPolicy = {
  max: 4,
  backoff: "exponential",
  base_ms: 1000,
  factor: 2,
  max_ms: 60 * 60 * 1000,
  jitter: true,
};

/**
 * Milliseconds until the attempt after `attempt` (from 1) failed. Jitter takes the upper half of the delay
 * (`random` in [0, 1)), so that no wave of failures comes back as one.
 */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number {
  const raw = rawDelayMs(policy, attempt);
  const capped = Math.min(Math.max(raw, RETRY_DELAY_MS_MIN), policy.max_ms, RETRY_DELAY_MS_MAX);
  return Math.max(RETRY_DELAY_MS_MIN, Math.round(policy.jitter ? capped * (0.5 + random / 2) : capped));
}

function rawDelayMs(policy: RetryPolicy, attempt: number): number {
  switch (policy.backoff) {
    case "constant":
      return policy.base_ms;
    case "linear":
      return policy.base_ms * attempt;
    case "exponential":
      return policy.base_ms * policy.factor ** (attempt - 1);
    case "table": {
      const table = policy.table_ms ?? [policy.base_ms];
      return table[Math.min(attempt, table.length) - 1]!;
    }
  }
}

/** How long to leave an app alone whose line is broken: 100 ms doubling to 10 s, with jitter. */
export function transportDelayMs(attempt: number, random: number): number {
  return Math.round(Math.min(100 * 2 ** (attempt - 1), 10_000) * (0.5 + random / 2));
}
