import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

export const Skip = z
  .object({
    id: z.string(),
    function: z.string(),
    event: z.object({ id: z.string(), name: z.string() }),
    reason: z.enum(["schema", "expression", "cancel-on", "limit", "overlap", "missed"]).openapi({
      description:
        "`schema`: the event's data does not fit the function's input. `expression`: the trigger's `if` could not be " +
        "evaluated for it. `cancel-on`: the function's `cancelOn` could not be applied to a run. " +
        "`limit`: the key or the units of one of the function's limits could not be told for it. " +
        "`overlap`: a run of the schedule was under way. `missed`: ticks of a schedule that came when nobody could start them.",
    }),
    detail: z.string().openapi({ description: "What was wrong, as a sentence." }),
    at: Instant,
  })
  .openapi("Skip");

export const SKIPS_PER_PAGE_MAX = 200;

export const listSkips = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/skips",
  group: "events",
  summary: "List the runs that events did not start, and why, newest first",
  action: "events.read",
  params: WorkspacePath,
  query: z.strictObject({
    event: z.string().max(ID_CHARACTERS_MAX).optional().openapi({ description: "Only of this event's id." }),
    function: z.string().max(ID_CHARACTERS_MAX).optional(),
    limit: z.coerce.number<number | string>().int().min(1).max(SKIPS_PER_PAGE_MAX).default(50),
    cursor: z.uuid().optional().openapi({ description: "`next` of the page before." }),
  }),
  body: null,
  answer: z
    .object({
      skips: z.array(Skip),
      next: z
        .string()
        .nullable()
        .openapi({ description: "The cursor of the next page; null on the last one." }),
    })
    .openapi("Skips"),
  status: 200,
  problems: ["not-found"],
});
