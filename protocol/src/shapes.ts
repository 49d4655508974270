import * as z from "zod";
import { countSchema, limitKeySchema } from "./gates.ts";
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, RATE_LIMIT_MAX, SLEEP_MS_MAX } from "./limits.ts";

// Limits that act before a run exists: what an event becomes.

const periodSchema = z.int().min(1).max(SLEEP_MS_MAX);

export const idempotencySchema = z.object({
  key: limitKeySchema,
  /** For so long after the start an event with the same key starts no other. */
  period_ms: periodSchema,
});

export const rateLimitSchema = z
  .object({
    limit: countSchema,
    period_ms: periodSchema,
    /** So many at once, and then evenly; without it no window of the period has more than `limit`. */
    burst: countSchema.optional(),
    key: limitKeySchema.optional(),
    on_limit: z.enum(["skip", "delay"]).optional(),
  })
  .refine(({ limit, burst }) => burst !== undefined || limit <= RATE_LIMIT_MAX, {
    error: `an exact limit counts to at most ${RATE_LIMIT_MAX}; more is possible with a burst`,
    path: ["limit"],
  });

export const debounceSchema = z
  .object({
    period_ms: periodSchema,
    key: limitKeySchema.optional(),
    /** However many follow, it begins so long after the first. */
    max_wait_ms: periodSchema.optional(),
    edge: z.enum(["trailing", "leading"]).optional(),
  })
  .refine(({ period_ms: period, max_wait_ms: max }) => max === undefined || max >= period, {
    error: "must not be shorter than the period",
    path: ["max_wait_ms"],
  });

export const batchSchema = z.object({
  max_size: z.int().min(2).max(BATCH_EVENTS_MAX),
  max_wait_ms: periodSchema,
  /** Of the events' data together. */
  max_bytes: z.int().min(1).max(BATCH_BYTES_MAX).optional(),
  key: limitKeySchema.optional(),
});

export const singletonSchema = z.object({
  mode: z.enum(["skip", "cancel", "queue"]),
  key: limitKeySchema.optional(),
});
