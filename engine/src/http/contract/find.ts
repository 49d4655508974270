import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { NOTHING, row } from "./row.ts";
import { AppName, EnvironmentName } from "./shapes.ts";

export const FOUND_MAX = 20;

export const find = row({
  method: "get",
  path: "/v1/find",
  group: "runs",
  summary: "Find where an id is: in which app and environment, and whether it is a run or an event",
  description:
    "For links that say no workspace. Senders give ids to their events, so one can be in several; and a run that was started by name " +
    "has the id of its event. A key finds what is in its own workspace.",
  action: "things.find",
  params: NOTHING,
  query: z.strictObject({
    id: z
      .string()
      .min(1)
      .max(ID_CHARACTERS_MAX)
      .openapi({ description: "A run's, or an event's: the sender's own, or the one it was given." }),
  }),
  body: null,
  answer: z
    .object({
      found: z
        .array(
          z
            .object({
              kind: z.enum(["run", "event"]),
              app: AppName,
              environment: EnvironmentName,
              id: z.string().openapi({ description: "As the routes of the workspace name it." }),
            })
            .openapi("Found"),
        )
        .openapi({ description: `Runs first, then by app and environment; at most ${FOUND_MAX}.` }),
    })
    .openapi("FoundThings"),
  status: 200,
  problems: ["not-found"],
});
