import { z } from "zod";

export const Order = z.object({
  order: z.string(),
  total: z.int(),
  card: z.string(),
  to: z.string(),
  /** How long somebody may take to approve it, and the customer to think again. */
  patience: z.string().default("7d"),
  coolingOff: z.string().default("2d"),
});

export const Parcel = z.object({ order: z.string(), to: z.string() });
