import * as z from "zod";
import { concurrencyListSchema, throttleSchema } from "./gates.ts";
import {
  CANCEL_ON_MAX,
  FUNCTIONS_PER_APP_MAX,
  INVOKES_MAX,
  JITTER_MS_MAX,
  SLEEP_MS_MAX,
  TRIGGERS_PER_FUNCTION_MAX,
} from "./limits.ts";
import {
  awaitedEventNameSchema,
  digestSchema,
  eventPatternSchema,
  expressionSchema,
  opaqueSchema,
  searchableSchema,
  slugSchema,
  tagsSchema,
} from "./names.ts";
import { matchSchema, timeoutSchema } from "./ops/wait.ts";
import { fairnessSchema, prioritySchema } from "./order.ts";
import { retryPolicySchema } from "./retry.ts";
import {
  batchSchema,
  debounceSchema,
  idempotencySchema,
  rateLimitSchema,
  singletonSchema,
} from "./shapes.ts";
import { TARGET } from "./slug.ts";

export const inspectRequestSchema = z.object({ type: z.literal("inspect"), app: slugSchema });

const scheduleRules = z.object({
  if: expressionSchema.optional(),
  tz: z.string().min(1).max(100).optional(),
  jitter_ms: z.int().min(0).max(JITTER_MS_MAX).optional(),
  catch_up: z.enum(["none", "last", "all"]).optional(),
  overlap: z.enum(["allow", "skip", "queue", "cancel"]).optional(),
});

export const triggerSchema = z.xor([
  z.object({ event: eventPatternSchema, if: expressionSchema.optional() }),
  z.object({ cron: expressionSchema, ...scheduleRules.shape, data: z.unknown().optional() }),
]);

const durationSchema = z.int().min(1);

const cancelOnSchema = z.object({
  event: awaitedEventNameSchema,
  match: z.union([z.string().min(1).max(500), matchSchema]).optional(),
  if: expressionSchema.optional(),
  timeout_ms: timeoutSchema.optional(),
});

const targetSchema = z.string().regex(TARGET, "must be the id of a function, or app/id");

const timeoutMsSchema = z.int().min(1).max(SLEEP_MS_MAX);

const timeoutsSchema = z.object({
  start_ms: timeoutMsSchema.optional(),
  finish_ms: timeoutMsSchema.optional(),
});

export const functionManifestSchema = z
  .object({
    id: slugSchema,
    rev: opaqueSchema.optional(),
    triggers: z.array(triggerSchema).max(TRIGGERS_PER_FUNCTION_MAX),
    retry: retryPolicySchema.optional(),
    concurrency: concurrencyListSchema.optional(),
    throttle: throttleSchema.optional(),
    rate_limit: rateLimitSchema.optional(),
    debounce: debounceSchema.optional(),
    batch: batchSchema.optional(),
    singleton: singletonSchema.optional(),
    idempotency: idempotencySchema.optional(),
    fairness: fairnessSchema.optional(),
    priority: prioritySchema.optional(),
    timeouts: timeoutsSchema.optional(),
    cancel_on: z.array(cancelOnSchema).max(CANCEL_ON_MAX).optional(),
    on_failure: slugSchema.optional(),
    invokes: z.array(targetSchema).max(INVOKES_MAX).optional(),
    tags: tagsSchema.optional(),
    searchable: searchableSchema.optional(),
    input: z.unknown().optional(),
    output: z.unknown().optional(),
    max_duration_ms: durationSchema.optional(),
    durability: z.literal("step").optional(),
    version: z.enum(["latest", "pinned", "drain"]).optional(),
    overlap: z.boolean().optional(),
  })
  .refine(({ debounce, batch }) => debounce?.edge !== "leading" || batch === undefined, {
    error: "a batch begins with its last event, so it cannot have a debounce with the edge leading",
    path: ["debounce", "edge"],
  })
  .meta({ id: "FunctionManifest" });

export const manifestSchema = z.object({
  protocol: z
    .object({ min: z.int().min(1), max: z.int().min(1) })
    .refine(({ min, max }) => min <= max, "min must not be greater than max"),
  app: slugSchema,
  sdk: z.string().min(1).max(200),
  capabilities: z.array(z.string()),
  max_duration_ms: durationSchema,
  deployment: opaqueSchema.optional(),
  manifest: digestSchema,
  functions: z
    .array(functionManifestSchema)
    .max(FUNCTIONS_PER_APP_MAX)
    .refine((functions) => new Set(functions.map(({ id }) => id)).size === functions.length, {
      error: "two functions have the same id",
    }),
});

export const syncRequestSchema = z.object({
  url: z.string().min(1).max(2_048).optional(),
  deployment: opaqueSchema.optional(),
});
