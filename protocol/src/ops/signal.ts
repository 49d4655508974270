import * as z from "zod";
import { opaqueSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";
import { timeoutSchema } from "./wait.ts";

export const signalOpSchema = z.object({
  op: z.literal("signal"),
  ...stepIdentity,
  key: opaqueSchema,
  timeout_ms: timeoutSchema.optional(),
});
