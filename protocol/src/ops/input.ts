import * as z from "zod";
import { stepIdentity } from "./identity.ts";
import { timeoutSchema } from "./wait.ts";

const nameSchema = z.string().min(1).max(200);

export const inputOpSchema = z.object({
  op: z.literal("input"),
  ...stepIdentity,
  kind: z.enum(["approval", "input"]),
  title: nameSchema.optional(),
  prompt: z.string().max(10_000).optional(),
  assignee: nameSchema.optional(),
  schema: z.unknown().optional(),
  remind_after_ms: timeoutSchema.optional(),
  escalate_after_ms: timeoutSchema.optional(),
  escalate_to: nameSchema.optional(),
  timeout_ms: timeoutSchema.optional(),
});
