import { EVENT_BYTES_MAX, ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { StartedRun } from "./events.ts";
import { row } from "./row.ts";
import { AsReceived, WaitS, WorkspacePath } from "./shapes.ts";

export const FunctionPath = WorkspacePath.extend({
  fn: z.string().max(ID_CHARACTERS_MAX).openapi({ description: "The function's id.", example: "checkout" }),
});

/** An app's signature covers the body alone, so the body must say what it is for. */
export const SignedPath = z.string().max(1_000).optional().openapi({
  description: "Of this request. Needed when an app signs it: a signature does not cover the URL.",
  example: "/v1/apps/shop/dev/functions/checkout/trigger",
});

/** A body whose payload is kept byte for byte, so that the handler reads it itself. */
export function payloadBody<Body extends z.ZodType>(schema: Body) {
  return {
    schema,
    contentTypes: ["application/json"],
    maxBytes: EVENT_BYTES_MAX + 64 * 1024,
    required: true,
    read: "bytes",
  } as const;
}

export const triggerFunction = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/functions/{fn}/trigger",
  group: "functions",
  summary: "Start a run of exactly this function",
  description:
    "Its event is called `durable.trigger` and carries the data. Answered when the run is on disk; data that does " +
    "not fit the function's input starts none. Sent again under the same `id` it finds the run it started.",
  action: "functions.start",
  params: FunctionPath,
  query: z.strictObject({ wait: WaitS }),
  body: payloadBody(
    z
      .strictObject({
        data: AsReceived.optional().openapi({
          description: `What the run gets as its event's data: any JSON of at most ${EVENT_BYTES_MAX} bytes; null when it is missing.`,
        }),
        id: z.string().min(1).max(ID_CHARACTERS_MAX).optional().openapi({
          description: "Unique for this function: the same start sent again starts no second run.",
        }),
        path: SignedPath,
      })
      .openapi("TriggerRequest"),
  ),
  answer: StartedRun,
  status: 200,
  problems: ["not-found", "idempotency-conflict", "number-out-of-range"],
});
