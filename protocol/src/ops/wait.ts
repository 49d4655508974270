import * as z from "zod";
import { MATCH_PATHS_MAX, SLEEP_MS_MAX } from "../limits.ts";
import { awaitedEventNameSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const timeoutSchema = z.int().min(0).max(SLEEP_MS_MAX);

export const waitOpSchema = z.object({
  op: z.literal("wait"),
  ...stepIdentity,
  event: awaitedEventNameSchema,
  match: z
    .record(z.string().min(1).max(500), scalarSchema)
    .refine((match) => Object.keys(match).length <= MATCH_PATHS_MAX, `has at most ${MATCH_PATHS_MAX} paths`)
    .meta({ maxProperties: MATCH_PATHS_MAX })
    .optional(),
  timeout_ms: timeoutSchema.optional(),
});
