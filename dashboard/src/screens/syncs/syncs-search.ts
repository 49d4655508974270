import * as z from "zod/mini";

/** What may stand in the address of this screen. */
export const SyncsSearch = z.object({
  tab: z.optional(z.enum(["deployments"])),
  outcome: z.optional(z.enum(["failed"])),
  cursor: z.optional(z.pipe(z.union([z.string(), z.number()]), z.transform(String))),
});
