import * as z from "zod";
import {
  CONCURRENCY_LIMITS_MAX,
  LIMIT_MAX,
  MATCH_PATH_CHARACTERS_MAX,
  SLEEP_MS_MAX,
  THROTTLE_UNITS_MAX,
} from "./limits.ts";
import { expressionSchema, slugSchema } from "./names.ts";

// Limits that hold a job back before it is leased.

/** A path into `event.data`, or an expression over `event`: what a limit counts separately for. */
export const limitKeySchema = z.union([
  z.string().min(1).max(MATCH_PATH_CHARACTERS_MAX),
  z.object({ cel: expressionSchema }),
]);

/** From 1. */
export const countSchema = z.int().min(1).max(LIMIT_MAX);

export const concurrencySchema = z.object({
  limit: countSchema,
  key: limitKeySchema.optional(),
  /** `workspace`: together with all functions that declare the same key there. */
  scope: z.enum(["function", "workspace"]).optional(),
  /** What holds a place: a run while it executes (`step`), or from its first step to its end (`run`). */
  unit: z.enum(["step", "run"]).optional(),
});

export const concurrencyListSchema = z.union([
  concurrencySchema,
  z.array(concurrencySchema).min(1).max(CONCURRENCY_LIMITS_MAX),
]);

export const throttleSchema = z.object({
  limit: countSchema,
  period_ms: z.int().min(1).max(SLEEP_MS_MAX),
  /** So many starts at once; 1 spreads them evenly. */
  burst: countSchema.optional(),
  key: limitKeySchema.optional(),
  /** Functions with a throttle of this name share it. */
  name: slugSchema.optional(),
  /** What one start costs; an expression over `event`. */
  units: z.union([z.int().min(1).max(THROTTLE_UNITS_MAX), z.object({ cel: expressionSchema })]).optional(),
});
