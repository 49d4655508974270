import type { RetryPolicy } from "@durable/protocol/wire";
import { durationMs } from "./duration.ts";
import type { RetryOptions } from "./function.ts";

/** Options as the wire says them; what is not given is the engine's default. */
export function retryPolicy(options: RetryOptions): RetryPolicy {
  return {
    max: options.max ?? 4,
    backoff: options.backoff ?? "exponential",
    base_ms: Math.max(1, durationMs(options.base ?? 1_000)),
    factor: options.factor ?? 2,
    max_ms: Math.max(1, durationMs(options.maxDelay ?? 3_600_000)),
    jitter: options.jitter ?? true,
  };
}
