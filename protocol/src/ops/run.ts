import * as z from "zod";
import { failureSchema } from "../failure.ts";
import { LOG_LINES_PER_STEP_MAX } from "../limits.ts";
import { refSchema } from "../memo.ts";
import { instantSchema } from "../names.ts";
import { retryPolicySchema } from "../retry.ts";
import { stepIdentity } from "./identity.ts";

export const logLineSchema = z.object({
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
  at: instantSchema,
  data: z.unknown().optional(),
});

const common = {
  op: z.literal("run"),
  ...stepIdentity,
  ms: z.number().min(0).optional(),
  logs: z.array(logLineSchema).max(LOG_LINES_PER_STEP_MAX).optional(),
};

export const runOpSchema = z.discriminatedUnion("st", [
  z.object({
    ...common,
    st: z.literal("ok"),
    v: z.unknown().optional(),
    ref: refSchema.optional(),
    compensate: z.boolean().optional(),
  }),
  z.object({
    ...common,
    st: z.literal("err"),
    error: failureSchema,
    retry_policy: retryPolicySchema.optional(),
  }),
]);
