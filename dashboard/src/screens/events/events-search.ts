import * as z from "zod/mini";

/** What may stand in the address of the list of events. */
export const EventsSearch = z.object({
  tab: z.optional(z.enum(["skips"])),
  /** Of events: the whole name. */
  name: z.optional(z.string()),
  /** Of what was not started. */
  fn: z.optional(z.string()),
  reason: z.optional(z.string()),
  cursor: z.optional(z.string()),
});
