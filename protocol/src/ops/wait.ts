import * as z from "zod";
import { AWAITED_EVENTS_MAX, MATCH_PATH_CHARACTERS_MAX, MATCH_PATHS_MAX, SLEEP_MS_MAX } from "../limits.ts";
import { awaitedEventNameSchema, expressionSchema, opaqueSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";

const scalarSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const timeoutSchema = z.int().min(0).max(SLEEP_MS_MAX);

export const matchSchema = z
  .record(z.string().min(1).max(MATCH_PATH_CHARACTERS_MAX), scalarSchema)
  .refine((match) => Object.keys(match).length <= MATCH_PATHS_MAX, `has at most ${MATCH_PATHS_MAX} paths`)
  .meta({ maxProperties: MATCH_PATHS_MAX });

const awaited = {
  event: awaitedEventNameSchema,
  match: matchSchema.optional(),
  if: expressionSchema.optional(),
  look_back_ms: timeoutSchema.optional(),
};

const severalSchema = z
  .array(z.object({ key: opaqueSchema, ...awaited }))
  .min(1)
  .max(AWAITED_EVENTS_MAX)
  .refine((several) => new Set(several.map(({ key }) => key)).size === several.length, {
    error: "two awaited events have the same key",
  });

const KINDS = ["event", "any", "all"] as const;

export const waitOpSchema = z
  .object({
    op: z.literal("wait"),
    ...stepIdentity,
    ...awaited,
    event: awaited.event.optional(),
    any: severalSchema.optional(),
    all: severalSchema.optional(),
    timeout_ms: timeoutSchema.optional(),
  })
  .refine((op) => KINDS.filter((kind) => op[kind] !== undefined).length === 1, {
    error: "a wait has exactly one of event, any and all",
  })
  .meta({ oneOf: KINDS.map((kind) => ({ type: "object", properties: { [kind]: {} }, required: [kind] })) });
