import * as z from "zod";
import { SLEEP_MS_MAX } from "../limits.ts";
import { instantSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";

export const sleepOpSchema = z
  .object({
    op: z.literal("sleep"),
    ...stepIdentity,
    ms: z.int().min(0).max(SLEEP_MS_MAX).optional(),
    until: instantSchema.optional(),
  })
  .refine(({ ms, until }) => (ms === undefined) !== (until === undefined), {
    error: "a sleep has either ms or until",
  })
  .meta({
    oneOf: ["ms", "until"].map((end) => ({ type: "object", properties: { [end]: {} }, required: [end] })),
  });
