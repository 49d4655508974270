import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const ErrorSearch = z.object({
  /** The sample run whose stack is shown. */
  run: z.optional(z.string()),
});
