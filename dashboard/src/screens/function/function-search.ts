import * as z from "zod/mini";

/** What may stand in the address of a function. */
export const FunctionSearch = z.object({
  tab: z.optional(z.enum(["input", "declared"])),
});
