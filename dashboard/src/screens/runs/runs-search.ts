import * as z from "zod/mini";

/** What a list of runs may be asked for in its address: the API's own filter. */
export const RunsSearch = z.object({
  /** A number is what an address makes of `?q=42`. */
  q: z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))),
  /** Where the page begins: `next` of the one before. */
  cursor: z.optional(z.string()),
});
