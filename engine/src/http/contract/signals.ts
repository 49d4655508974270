import { EVENT_BYTES_MAX, ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { payloadBody, SignedPath } from "./functions.ts";
import { NOTHING, row } from "./row.ts";
import { AsReceived, WorkspacePath } from "./shapes.ts";

export const sendSignal = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/signals/{key}",
  group: "events",
  summary: "Give a payload to the runs that wait for this signal",
  description:
    "Stored as an event `durable.signal`, so that runs which began before find it when they reach their wait.",
  action: "signals.send",
  params: WorkspacePath.extend({
    key: z.string().min(1).max(ID_CHARACTERS_MAX).openapi({ description: "What the wait names." }),
  }),
  query: NOTHING,
  body: payloadBody(
    z
      .strictObject({
        payload: AsReceived.optional().openapi({
          description: `What the wait returns: any JSON of at most ${EVENT_BYTES_MAX} bytes; null when it is missing.`,
        }),
        id: z.string().min(1).max(ID_CHARACTERS_MAX).optional().openapi({
          description: "Unique in the workspace: the same signal sent again under it is stored once.",
        }),
        path: SignedPath,
      })
      .openapi("SignalRequest"),
  ),
  answer: z.object({ id: z.string().openapi({ description: "Of the event." }) }).openapi("SignalAccepted"),
  status: 200,
  problems: ["not-found", "idempotency-conflict", "number-out-of-range"],
});

export const TOKEN_BYTES_MAX = 64 * 1024;

export const completeToken = row({
  method: "post",
  path: "/v1/tokens/{token}",
  group: "events",
  summary: "Complete a token",
  description:
    "Open to anybody who has the token. The body, any JSON under any content type, is what the wait returns; none is null. It completes once: " +
    "the same body again is answered alike, another one is refused.",
  action: "tokens.complete",
  params: z.object({ token: z.string().max(1_000) }),
  query: NOTHING,
  body: {
    schema: AsReceived,
    contentTypes: ["application/json"],
    anyContentType: true,
    maxBytes: TOKEN_BYTES_MAX,
    required: false,
    read: "bytes",
  },
  answer: z.object({ state: z.literal("completed") }).openapi("TokenCompleted"),
  status: 200,
  problems: ["not-found", "already-answered", "run-terminal", "too-many-requests", "number-out-of-range"],
});
