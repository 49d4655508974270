import * as z from "zod/mini";

/** What a list of runs may be asked for in its address: the API's own filter. */
export const RunsSearch = z.object({
  q: z.optional(z.string()),
  /** Where the page begins: `next` of the one before. */
  cursor: z.optional(z.string()),
});
