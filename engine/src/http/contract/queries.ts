import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { Called, payloadBody, SignedPath } from "./functions.ts";
import { NOTHING, row } from "./row.ts";
import { AsReceived, RunPath } from "./shapes.ts";

export const queryRun = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/query/{name}",
  group: "runs",
  summary: "Ask a run, in any status",
  description:
    "The app replays the run as far as it is recorded, and its `step.onQuery` of this name answers. Nothing new " +
    "starts and nothing is recorded. What the query throws is answered with 200 as `failed`.",
  action: "runs.query",
  params: RunPath.extend({ name: z.string().max(ID_CHARACTERS_MAX) }),
  query: NOTHING,
  body: payloadBody(
    z
      .strictObject({
        input: AsReceived.optional().openapi({ description: "For the query; null when it is missing." }),
        path: SignedPath,
      })
      .openapi("QueryRequest"),
  ),
  answer: Called,
  status: 200,
  problems: [
    "not-found",
    "unknown-query",
    "number-out-of-range",
    "unsupported-by-app",
    "app-failed",
    "app-timeout",
  ],
});
