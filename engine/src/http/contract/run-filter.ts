import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { Instant, RunStatus } from "./shapes.ts";

/** Which runs are meant, in lists and in bulks. */
export const RUN_FILTER = {
  q: z
    .string()
    .optional()
    .openapi({
      description:
        "What they must be: `status:failed,paused`, `function:`, `version:`, `deployment:`, `error:`, `step:`, `event:` (an event's id), " +
        "`parent:` (a run, of this app or of one that invokes functions of it), `key:` (of a limit, while it lives), `tag:`, `data.user.id:` (a path that a function declares as `searchable`), `after:` and `before:` (`2h`, or an instant), or the id of a run or an event. Values with spaces are quoted.",
      example: "status:failed function:pay after:2h",
    }),
  status: RunStatus.optional(),
  function: z.string().max(200).optional(),
  version: z.coerce.number<number | string>().int().min(1).optional().openapi({
    description: "Of its function.",
  }),
  error: z.string().max(ID_CHARACTERS_MAX).optional().openapi({
    description: "What it failed with, or is paused for: a name, or the fingerprint of a group.",
    example: "CardError",
  }),
  step: z.string().max(ID_CHARACTERS_MAX).optional().openapi({
    description: "The name of the step that its failure comes from.",
  }),
  from: Instant.optional().openapi({ description: "Created at that time or later." }),
  to: Instant.optional().openapi({ description: "Created before that time." }),
};
