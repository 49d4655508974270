import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const ErrorsSearch = z.object({
  /** `open` where nothing stands. */
  tab: z.optional(z.enum(["resolved", "muted", "all"])),
  fn: z.optional(z.string()),
  cursor: z.optional(z.string()),
});
