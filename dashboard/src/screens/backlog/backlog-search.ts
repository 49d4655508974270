import * as z from "zod/mini";
import { RANGES } from "../../words/time-range.ts";

/** What may stand in the address of this screen. */
export const BacklogSearch = z.object({
  range: z.optional(z.enum(RANGES)),
  /** Rates only of this function; the queue itself is of all. */
  fn: z.optional(z.string()),
});
