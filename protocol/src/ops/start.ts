import * as z from "zod";
import { stepIdentity } from "./identity.ts";

export const startOpSchema = z.object({ op: z.literal("start"), ...stepIdentity });
