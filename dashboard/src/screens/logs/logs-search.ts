import * as z from "zod/mini";

export const LEVELS = ["debug", "info", "warn", "error"] as const;

/** What may stand in the address of this screen. */
export const LogsSearch = z.object({
  /** Only this run: all of its lines, from the first. */
  run: z.optional(z.string()),
  /** Of this level or graver. */
  level: z.optional(z.enum(LEVELS)),
  /** Only lines that say this. */
  q: z.optional(z.coerce.string()),
  order: z.optional(z.enum(["newest"])),
});
