import * as z from "zod";
import { clientEventSchema } from "../event.ts";
import { EVENTS_PER_SEND_MAX } from "../limits.ts";
import { stepIdentity } from "./identity.ts";

export const sendOpSchema = z.object({
  op: z.literal("send"),
  ...stepIdentity,
  events: z.array(clientEventSchema).min(1).max(EVENTS_PER_SEND_MAX),
});
