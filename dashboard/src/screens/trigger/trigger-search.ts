import * as z from "zod/mini";

/** What may stand in the address of the trigger of a function. */
export const TriggerSearch = z.object({
  /** The run whose input is taken. */
  from: z.optional(z.string()),
});
