import * as z from "zod";
import { failureSchema } from "./failure.ts";
import { ATTEMPTS_MAX } from "./limits.ts";
import { opaqueSchema, stepIdSchema, stepNameSchema } from "./names.ts";

const common = {
  run: opaqueSchema,
  fence: opaqueSchema,
  id: stepIdSchema,
  name: stepNameSchema,
  attempt: z.int().min(1).max(ATTEMPTS_MAX),
};

export const lateRequestSchema = z.discriminatedUnion("st", [
  z.object({ ...common, st: z.literal("ok"), v: z.unknown().optional() }),
  z.object({ ...common, st: z.literal("err"), error: failureSchema }),
]);
