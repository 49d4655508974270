import * as z from "zod/mini";

/** What may stand in the address of the list of functions. */
export const FunctionsSearch = z.object({
  /** A part of the name, or of what starts it. */
  q: z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))),
});
