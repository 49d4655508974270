import * as z from "zod/mini";
import { RANGES } from "../../words/time-range.ts";

export const PERCENTILES = ["p50", "p95", "p99"] as const;

/** What may stand in the address of this screen. */
export const MetricsSearch = z.object({
  range: z.optional(z.enum(RANGES)),
  fn: z.optional(z.string()),
  /** Of durations. */
  p: z.optional(z.enum(PERCENTILES)),
});
