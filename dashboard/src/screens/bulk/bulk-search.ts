import * as z from "zod/mini";

/** What may stand in the address of one bulk. */
export const BulkSearch = z.object({
  /** Only what became of these. */
  status: z.optional(z.enum(["waiting", "done", "refused"])),
  /** The number of the last run of the page before. */
  cursor: z.optional(z.string()),
});
