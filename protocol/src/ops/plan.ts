import * as z from "zod";
import { heartbeatTimeoutSchema } from "../heartbeat.ts";
import { retryPolicySchema } from "../retry.ts";
import { stepIdentity } from "./identity.ts";

export const planOpSchema = z.object({
  op: z.literal("plan"),
  ...stepIdentity,
  heartbeat_timeout_ms: heartbeatTimeoutSchema.optional(),
  retry_policy: retryPolicySchema.optional(),
});
