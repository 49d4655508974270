import * as z from "zod";
import { stepIdentity } from "./identity.ts";

export const planOpSchema = z.object({ op: z.literal("plan"), ...stepIdentity });
