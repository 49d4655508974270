import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const SchedulesSearch = z.object({
  fn: z.optional(z.string()),
  state: z.optional(z.enum(["active", "paused", "removed", "unserved"])),
  /** The schedule that is unfolded. */
  id: z.optional(z.coerce.string()),
  cursor: z.optional(z.string()),
});
