import * as z from "zod";
import { MEMO_ENTRIES_MAX } from "../limits.ts";
import { stepIdSchema } from "../names.ts";
import { stepIdentity } from "./identity.ts";

export const joinOpSchema = z.object({
  op: z.literal("join"),
  ...stepIdentity,
  losers: z.array(stepIdSchema).max(MEMO_ENTRIES_MAX),
  v: z.unknown().optional(),
});
