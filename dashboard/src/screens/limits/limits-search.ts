import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const LimitsSearch = z.object({
  tab: z.optional(z.enum(["before", "paused"])),
  /** Only of this function. */
  fn: z.optional(z.string()),
  /** Only those that somebody waits at. */
  blocked: z.optional(z.literal(1)),
  /** The key that is unfolded: `gateId`. */
  gate: z.optional(z.string()),
  /** Of what acts before a run: only this key. */
  key: z.optional(z.coerce.string()),
});
