import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, Reason, WorkspacePath } from "./shapes.ts";

const DAYS_MAX = 3_650;

export const getRetention = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/retention",
  group: "apps",
  summary: "How long a workspace keeps what is over, and how far old things are gone",
  action: "retention.read",
  params: WorkspacePath,
  query: NOTHING,
  body: null,
  answer: z
    .object({
      days: z.number().int(),
      runs_deleted: z.number().int().openapi({
        description: "One by one, since the workspace was made; those of dropped partitions are not counted.",
      }),
      events_deleted: z.number().int(),
      walked_at: Instant.nullable().openapi({ description: "When all of it was looked through last." }),
      partitions: z
        .array(
          z
            .object({
              from: Instant,
              to: Instant,
              state: z.enum(["open", "crowded", "dropped", "swept"]).openapi({
                description:
                  "`crowded`: past all retention, but much of it lives; it is emptied run by run. `swept`: nothing is left of it anywhere.",
              }),
              dropped_at: Instant.nullable(),
            })
            .openapi("Partition"),
        )
        .openapi({ description: "Of the whole database, the newest first." }),
    })
    .openapi("Retention"),
  status: 200,
  problems: ["not-found"],
});

export const setRetention = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/retention",
  group: "apps",
  summary: "Set how long a workspace keeps what is over",
  description:
    "Days from the end of a run, and from when an event was accepted. What lives is kept however old it is. What a shorter time makes old begins to go within minutes, for good.",
  action: "retention.set",
  params: WorkspacePath,
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({ days: z.number().int().min(1).max(DAYS_MAX), reason: Reason })
      .openapi("RetentionChange"),
  ),
  answer: z.object({ days: z.number().int(), before: z.number().int() }).openapi("RetentionSet"),
  status: 200,
  problems: ["not-found"],
});
