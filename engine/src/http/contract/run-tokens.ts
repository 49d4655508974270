import { RUN_FIELDS, RUN_TOKEN_S_DEFAULT, RUN_TOKEN_S_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { WATCHED_STEPS_MAX } from "../../store/watched-runs.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AsReceived, Instant, orNull, RunPath, RunState, RunStatus, WaitS } from "./shapes.ts";

const RunField = z.enum(RUN_FIELDS).openapi("RunField", {
  description: "What a run token can show of its run. Nothing else is ever shown for one.",
});

export const createRunToken = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/tokens",
  group: "runs",
  summary: "Give somebody sight of one run",
  description:
    "A token for an end user's page: it shows the named fields of this run until its time is over, and nothing else. " +
    "It is sealed with the workspace's newest signing secret: retiring that one takes back all that were made with it.",
  action: "runs.share",
  params: RunPath,
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        fields: z.array(RunField).min(1).max(RUN_FIELDS.length),
        expires_in_s: z.number().int().min(1).max(RUN_TOKEN_S_MAX).default(RUN_TOKEN_S_DEFAULT),
      })
      .openapi("RunTokenRequest"),
  ),
  answer: z.object({ token: z.string(), expires_at: Instant }).openapi("RunToken"),
  status: 201,
  problems: ["not-found", "no-signing-secret"],
});

const RunWatched = z
  .object({
    id: z.string(),
    ended: z.boolean().openapi({ description: "Nothing of it changes any more." }),
    status: RunStatus.optional(),
    state: RunState.optional(),
    progress: z
      .array(z.object({ name: z.string(), progress: AsReceived, at: Instant }))
      .optional()
      .openapi({ description: "What steps whose code is running said last." }),
    steps: z
      .array(
        z.object({
          name: z.string(),
          n: z.number().int().openapi({ description: "Occurrence of the name." }),
          status: z.enum(["ok", "err", "pending", "retrying", "cancelled"]),
          settled_at: Instant.nullable(),
        }),
      )
      .optional()
      .openapi({
        description: `The last ${WATCHED_STEPS_MAX}: in the order of the journal, then what is still pending.`,
      }),
    output: AsReceived.optional(),
    failure: orNull(z.object({ name: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "Without the place in the code." }),
  })
  .openapi("RunWatched", { description: "A run as a run token shows it." });

export const watchRun = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/watch",
  group: "runs",
  summary: "What a run token shows of its run",
  description: "The fields that the token was made for; everybody else sees all. For pages of any origin.",
  action: "runs.watch",
  params: RunPath,
  query: z.strictObject({ wait: WaitS }),
  body: null,
  answer: RunWatched,
  status: 200,
  isForPages: true,
  problems: ["not-found"],
});

export const followRun = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/watch/stream",
  group: "runs",
  summary: "What a run token shows of its run, as it changes",
  description:
    "Server-sent events, for pages of any origin. Each message is the whole view as it is now; its id names it, and who comes back with " +
    "`Last-Event-ID` is not told what it has. After a view that has `ended` the stream ends. A comment comes every 15 s. " +
    "The engine may end a stream at any time.",
  action: "runs.watch",
  params: RunPath,
  query: NOTHING,
  body: null,
  answer: RunWatched,
  streams: true,
  status: 200,
  isForPages: true,
  problems: ["not-found", "too-many-requests"],
});
