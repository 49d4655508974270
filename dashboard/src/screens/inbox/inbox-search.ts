import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const InboxSearch = z.object({
  /** `open` where nothing stands. */
  tab: z.optional(z.enum(["answered", "expired", "cancelled", "all"])),
  assignee: z.optional(z.coerce.string()),
  fn: z.optional(z.string()),
  /** The question that is unfolded. */
  id: z.optional(z.string()),
  cursor: z.optional(z.string()),
});
