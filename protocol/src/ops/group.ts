import * as z from "zod";
import { refSchema } from "../memo.ts";
import { stepIdentity } from "./identity.ts";

export const groupOpSchema = z.object({
  op: z.literal("group"),
  ...stepIdentity,
  v: z.unknown().optional(),
  ref: refSchema.optional(),
});
