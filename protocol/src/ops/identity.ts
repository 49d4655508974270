import * as z from "zod";
import { stepIdSchema, stepNameSchema } from "../names.ts";

/** What every op carries, so that the engine can compute the id again and compare. */
export const stepIdentity = {
  id: stepIdSchema,
  name: stepNameSchema,
  n: z.int().min(0).max(0x7fff_ffff),
  scope: stepIdSchema.optional(),
};
