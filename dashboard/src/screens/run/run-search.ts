import * as z from "zod/mini";

const On = z.optional(z.literal(1));

/** What may stand in the address of a run. */
export const RunSearch = z.object({
  tab: z.optional(z.enum(["trace", "logs", "journal", "data", "decisions", "related"])),
  /** Id of the selected row of the trace: a span's, the run's, or `a/b` of a child run's. */
  span: z.optional(z.string()),
  /** `1200-5400`: which part of the time is seen, in milliseconds since the run's start. */
  zoom: z.optional(z.string()),
  /** Idle time is squeezed, or not; where nothing is said, when it would take most of the width. */
  fold: z.optional(z.union([z.literal(0), z.literal(1)])),
  critical: On,
  failed: On,
  /** The instant as of which everything is shown. */
  at: z.optional(z.iso.datetime()),
  follow: On,
  /** Lines of this level or a graver one, and those with this text in them. */
  level: z.optional(z.enum(["debug", "info", "warn", "error"])),
  find: z.optional(z.string()),
  /** Which dialog is open. */
  act: z.optional(z.enum(["rerun", "cancel", "move", "repair", "copy"])),
});
