import * as z from "zod";
import { MEMO_ENTRIES_MAX } from "../limits.ts";
import { refSchema } from "../memo.ts";
import { stepIdSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";

export const groupOpSchema = z.object({
  op: z.literal("group"),
  ...stepIdentity,
  folds: z.array(stepIdSchema).max(MEMO_ENTRIES_MAX),
  v: z.unknown().optional(),
  ref: refSchema.optional(),
});
