import * as z from "zod";
import { ATTEMPTS_MAX, RETRY_DELAY_MS_MAX, RETRY_DELAY_MS_MIN } from "./limits.ts";

const delaySchema = z.int().min(RETRY_DELAY_MS_MIN).max(RETRY_DELAY_MS_MAX);

export const retryPolicySchema = z
  .object({
    max: z.int().min(1).max(ATTEMPTS_MAX),
    backoff: z.enum(["exponential", "linear", "constant"]),
    base_ms: delaySchema,
    factor: z.number().min(1).max(100),
    max_ms: delaySchema,
    jitter: z.boolean(),
  })
  .meta({ id: "RetryPolicy" });
