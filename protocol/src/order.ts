import * as z from "zod";
import { limitKeySchema } from "./gates.ts";
import { FAIRNESS_WEIGHT_MAX, PRIORITY_MAX } from "./limits.ts";

// Which jobs go first of those that are ready.

export const prioritySchema = z.union([z.int().min(-PRIORITY_MAX).max(PRIORITY_MAX), limitKeySchema]);

export const fairnessSchema = z.object({
  /** Whose a run is. */
  key: limitKeySchema,
  /** Its share, beside those of the others. */
  weight: z.union([z.int().min(1).max(FAIRNESS_WEIGHT_MAX), limitKeySchema]).optional(),
});
