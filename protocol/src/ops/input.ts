import * as z from "zod";
import { ID_CHARACTERS_MAX, INPUT_PROMPT_CHARACTERS_MAX } from "../limits.ts";
import { stepIdentity } from "./identity.ts";
import { timeoutSchema } from "./wait.ts";

const nameSchema = z.string().min(1).max(ID_CHARACTERS_MAX);

export const inputOpSchema = z.object({
  op: z.literal("input"),
  ...stepIdentity,
  kind: z.enum(["approval", "input"]),
  title: nameSchema.optional(),
  prompt: z.string().max(INPUT_PROMPT_CHARACTERS_MAX).optional(),
  assignee: nameSchema.optional(),
  schema: z.unknown().optional(),
  remind_after_ms: timeoutSchema.optional(),
  escalate_after_ms: timeoutSchema.optional(),
  escalate_to: nameSchema.optional(),
  timeout_ms: timeoutSchema.optional(),
});
