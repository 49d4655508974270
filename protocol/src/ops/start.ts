import * as z from "zod";
import { heartbeatTimeoutSchema } from "../heartbeat.ts";
import { stepIdentity } from "./identity.ts";

export const startOpSchema = z.object({
  op: z.literal("start"),
  ...stepIdentity,
  heartbeat_timeout_ms: heartbeatTimeoutSchema.optional(),
});
