import * as z from "zod/mini";
import { RANGES } from "../../words/time-range.ts";

/** What may stand in the address of the overview. */
export const OverviewSearch = z.object({
  range: z.optional(z.enum(RANGES)),
});
