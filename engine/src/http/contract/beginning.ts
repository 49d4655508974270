import { SLEEP_MS_MAX, TAG, TAGS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";

/** When what is sent or triggered shall begin. */
export const BEGINNING = {
  delay_ms: z.int().min(0).max(SLEEP_MS_MAX).optional().openapi({
    description:
      "The runs it starts begin so much later. They exist at once, are `waiting`, and can be cancelled or begun.",
  }),
  at: z.iso.datetime().optional().openapi({
    description: "The runs it starts begin then, in UTC; at once when that is over. Not beside `delay_ms`.",
  }),
};

/** What the runs of what is sent or triggered are found by. */
export const TAGS = z
  .array(z.string().regex(TAG, "must be 1 to 100 of A-Z a-z 0-9 _ . : / - and begin with none of . : / -"))
  .max(TAGS_MAX)
  .optional()
  .openapi({
    description: "Words that the runs it starts are found by, as `tag:import`.",
    example: ["import"],
  });
