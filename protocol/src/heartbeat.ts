import * as z from "zod";
import { BEATS_PER_MESSAGE_MAX, HEARTBEAT_TIMEOUT_MS_MAX } from "./limits.ts";
import { opaqueSchema, stepIdSchema, stepNameSchema } from "./names.ts";

export const heartbeatTimeoutSchema = z.int().min(1).max(HEARTBEAT_TIMEOUT_MS_MAX);

export const heartbeatRequestSchema = z.object({
  run: opaqueSchema,
  fence: opaqueSchema,
  beats: z
    .array(z.object({ id: stepIdSchema, name: stepNameSchema, data: z.unknown().optional() }))
    .min(1)
    .max(BEATS_PER_MESSAGE_MAX),
});
