import { EVENT_BYTES_MAX, ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { hasEnded } from "../../domain/run-end.ts";
import { BEGINNING, TAGS } from "./beginning.ts";
import { StartedRun } from "./events.ts";
import { NOTHING, row } from "./row.ts";
import { AsReceived, Failure, orNull, WaitS, WorkspacePath } from "./shapes.ts";

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

/** What came of a call or a query. User code that throws is an answer too; a problem means that there was none. */
export const Called = z
  .object({
    status: z.enum(["completed", "failed"]),
    output: AsReceived,
    failure: orNull(Failure),
    app_ms: z.number().nullable().openapi({ description: "Milliseconds inside the app, by its own clock." }),
  })
  .openapi("Called");

export const callFunction = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/functions/{fn}/call",
  group: "functions",
  summary: "Run a handler once, with no run and no history, and answer what it returns",
  description:
    "Nothing is recorded and nothing is tried again; steps run where they stand, sleeps and waits are refused. The " +
    "function that has this id at the moment is the one that runs. What it throws is answered with 200 as " +
    "`failed`. 502 and 504 say that there was no answer, and whether its code may have run.",
  action: "functions.call",
  params: FunctionPath,
  query: NOTHING,
  body: payloadBody(
    z
      .strictObject({
        input: AsReceived.optional().openapi({
          description: `What the handler gets as its event's data: any JSON of at most ${EVENT_BYTES_MAX} bytes.`,
        }),
        path: SignedPath,
      })
      .openapi("CallRequest"),
  ),
  answer: Called,
  status: 200,
  problems: ["not-found", "number-out-of-range", "unsupported-by-app", "app-failed", "app-timeout"],
});

export const triggerFunction = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/functions/{fn}/trigger",
  group: "functions",
  summary: "Start a run of exactly this function",
  description:
    "Its event is called `durable.trigger` and carries the data. Answered when the run is on disk; data that does " +
    "not fit the function's input starts none. Sent again under the same `id` it finds the run it started. With `wait` " +
    "the answer is 200 with the run's end, or 202 when it goes on. With a `traceparent` header (W3C Trace Context) the run " +
    "goes on with that trace.",
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
        ...BEGINNING,
        tags: TAGS,
        path: SignedPath,
      })
      .openapi("TriggerRequest"),
  ),
  answer: StartedRun,
  status: 200,
  isPending: ({ status }: z.output<typeof StartedRun>) => status !== undefined && !hasEnded({ status }),
  problems: ["not-found", "idempotency-conflict", "number-out-of-range", "start-skipped"],
});
