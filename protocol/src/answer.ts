// The app's answer: a closed union on `status`. On the engine's hot path, one parse per dispatch.
import * as z from "zod";
import { failureSchema } from "./failure.ts";
import { FAILURE_MESSAGE_BYTES_MAX, MEMO_ENTRIES_MAX, OPS_PER_ANSWER_MAX } from "./limits.ts";
import { digestSchema, opaqueSchema, stepIdSchema } from "./names.ts";
import { opSchema } from "./ops/op.ts";

const common = {
  fence: opaqueSchema,
  app_ms: z.number().min(0).optional(),
  manifest: digestSchema.optional(),
  deployment: opaqueSchema.optional(),
  checkpoint: z.object({ seq: z.int().min(1), known: z.int().min(0) }).optional(),
};
const opsSchema = z.array(opSchema).max(OPS_PER_ANSWER_MAX);
const detourSchema = z.object({
  left: stepIdSchema,
  began: stepIdSchema,
  frame: z.string().max(FAILURE_MESSAGE_BYTES_MAX).optional(),
  certain: z.boolean(),
});
const unclaimedSchema = z.int().min(0).max(MEMO_ENTRIES_MAX);

export const answerSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("continue"),
    ...common,
    ops: opsSchema,
    more: z.boolean().optional(),
    unclaimed: unclaimedSchema.optional(),
    detour: detourSchema.optional(),
    warm: opaqueSchema.optional(),
  }),
  z.object({
    status: z.literal("done"),
    ...common,
    output: z.unknown().optional(),
    ops: opsSchema.optional(),
    unclaimed: unclaimedSchema.optional(),
  }),
  z.object({
    status: z.literal("error"),
    ...common,
    error: failureSchema,
    ops: opsSchema.optional(),
    unclaimed: unclaimedSchema.optional(),
  }),
  z.object({ status: z.literal("step_not_found"), ...common }),
  z.object({ status: z.literal("abandoned"), ...common }),
  z.object({ status: z.literal("need_memo"), ...common }),
  z.object({
    status: z.literal("restart"),
    ...common,
    input: z.unknown().optional(),
    ops: opsSchema.optional(),
  }),
]);
