import * as z from "zod";
import { slugSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";
import { timeoutSchema } from "./wait.ts";

export const invokeOpSchema = z.object({
  op: z.literal("invoke"),
  ...stepIdentity,
  fn: slugSchema,
  app: slugSchema.optional(),
  input: z.unknown().optional(),
  spawn: z.boolean().optional(),
  timeout_ms: timeoutSchema.optional(),
  on_cancel: z.enum(["cascade", "abandon"]).optional(),
});
