import * as z from "zod";
import {
  ATTEMPTS_MAX,
  ERROR_NAMES_MAX,
  ID_CHARACTERS_MAX,
  RETRY_DELAY_MS_MAX,
  RETRY_DELAY_MS_MIN,
  RETRY_TABLE_MAX,
  SLEEP_MS_MAX,
} from "./limits.ts";

const delaySchema = z.int().min(RETRY_DELAY_MS_MIN).max(RETRY_DELAY_MS_MAX);
const errorNamesSchema = z.array(z.string().min(1).max(ID_CHARACTERS_MAX)).max(ERROR_NAMES_MAX);

export const retryPolicySchema = z
  .object({
    max: z.int().min(1).max(ATTEMPTS_MAX),
    backoff: z.enum(["exponential", "linear", "constant", "table"]),
    table_ms: z.array(delaySchema).min(1).max(RETRY_TABLE_MAX).optional(),
    base_ms: delaySchema,
    factor: z.number().min(1).max(100),
    max_ms: delaySchema,
    jitter: z.boolean(),
    retry_on: errorNamesSchema.optional(),
    stop_on: errorNamesSchema.optional(),
    max_duration_ms: z.int().min(1).max(SLEEP_MS_MAX).optional(),
    on_exhausted: z.enum(["fail", "pause"]).optional(),
  })
  .refine(({ backoff, table_ms }) => backoff !== "table" || table_ms !== undefined, {
    error: 'backoff "table" needs table_ms',
    path: ["table_ms"],
  })
  .meta({
    id: "RetryPolicy",
    anyOf: [
      { type: "object", properties: { backoff: { enum: ["exponential", "linear", "constant"] } } },
      { type: "object", properties: { table_ms: {} }, required: ["table_ms"] },
    ],
  });
