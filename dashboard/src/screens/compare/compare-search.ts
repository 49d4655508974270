import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const CompareSearch = z.object({
  /** Ids of two runs. */
  a: z.optional(z.string()),
  b: z.optional(z.string()),
  /** Steps that are the same in both are left out. */
  differing: z.optional(z.literal(1)),
});
