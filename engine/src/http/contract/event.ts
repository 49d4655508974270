import { z } from "@hono/zod-openapi";
import { NOTHING, row } from "./row.ts";
import { RunListed } from "./runs.ts";
import { AsReceived, Instant, WorkspacePath } from "./shapes.ts";
import { Skip } from "./skips.ts";

/** Functions that one event started, or did not: more than any app has that listen to one name. */
export const OF_EVENT_MAX = 200;

export const getEvent = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/events/{id}",
  group: "events",
  summary: "One event with the runs that it started, why each of them waits, and those it did not start",
  action: "events.read",
  params: WorkspacePath.extend({
    id: z.string().openapi({ description: "The sender's own, or the one it was given." }),
  }),
  query: NOTHING,
  body: null,
  answer: z
    .object({
      id: z.string(),
      name: z.string(),
      data: AsReceived,
      time: Instant,
      received_at: Instant,
      runs: z.array(RunListed).openapi({ description: `Newest first; at most ${OF_EVENT_MAX}.` }),
      skips: z
        .array(Skip)
        .openapi({ description: `Functions it was for and did not start; at most ${OF_EVENT_MAX}.` }),
    })
    .openapi("EventStored"),
  status: 200,
  problems: ["not-found"],
});
