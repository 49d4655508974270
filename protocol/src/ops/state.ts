import * as z from "zod";
import { stepIdentity } from "./identity.ts";

export const stateOpSchema = z.object({ op: z.literal("state"), ...stepIdentity, v: z.unknown().optional() });
