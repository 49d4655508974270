import * as z from "zod";
import { failureSchema } from "../failure.ts";
import { LOG_LINES_PER_STEP_MAX } from "../limits.ts";
import { stepIdSchema } from "../names.ts";
import { retryPolicySchema } from "../retry.ts";
import { stepIdentity } from "./identity.ts";
import { logLineSchema } from "./run.ts";

const common = {
  op: z.literal("compensate"),
  ...stepIdentity,
  scope: stepIdSchema,
  ms: z.number().min(0).optional(),
  logs: z.array(logLineSchema).max(LOG_LINES_PER_STEP_MAX).optional(),
};

export const compensateOpSchema = z.discriminatedUnion("st", [
  z.object({ ...common, st: z.literal("ok") }),
  z.object({
    ...common,
    st: z.literal("err"),
    error: failureSchema,
    retry_policy: retryPolicySchema.optional(),
  }),
]);
