// What an app asks or tells while it works on a dispatch.
import { ANSWER_BYTES_MAX, BEATS_PER_MESSAGE_MAX, PROGRESS_BYTES_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AsReceived, WorkspacePath } from "./shapes.ts";

const DispatchPath = WorkspacePath.extend({ id: z.string().openapi({ description: "The run's id." }) });

export const sendCheckpoint = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/checkpoint",
  group: "dispatches",
  summary: "Report what a dispatch has done so far",
  description:
    "Sent by SDKs while a handler goes on, signed like an answer; the protocol says how. The same body sent again gets " +
    "the same answer. The answer is signed like a dispatch.",
  action: "runs.dispatched",
  params: DispatchPath,
  query: NOTHING,
  body: {
    schema: z
      .object({
        run: z.string(),
        fence: z.string(),
        seq: z.number().int().min(1),
        known: z.number().int().min(0),
        ops: z.array(AsReceived).optional(),
      })
      .openapi("Checkpoint"),
    contentTypes: ["application/json"],
    maxBytes: ANSWER_BYTES_MAX,
    required: true,
    read: "bytes",
  },
  answer: z
    .object({
      seq: z.number().int(),
      known: z.number().int().openapi({ description: "Head of the journal after `memo`." }),
      memo: AsReceived.openapi({ description: "What settled since, as entries of a memo." }),
      yield: z.boolean().openapi({ description: "Answer the dispatch: the lease is wanted back." }),
    })
    .openapi("CheckpointTaken"),
  status: 200,
  isSigned: true,
  problems: ["not-found", "stale-fence", "run-ended", "checkpoint-out-of-order", "checkpoint-refused"],
});

export const getMemoPage = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/memo",
  group: "dispatches",
  summary: "Fetch the next page of a dispatch's memo",
  description:
    "Asked by SDKs for a run whose results do not fit into one request, signed like an answer; the protocol says how. " +
    "The answer is signed like a dispatch.",
  action: "runs.dispatched",
  params: DispatchPath,
  query: NOTHING,
  body: jsonBody(
    z
      .object({
        run: z.string(),
        fence: z.string(),
        next: z.string().openapi({ description: "`memo_next` of the dispatch or of the page before." }),
      })
      .openapi("MemoPageRequest"),
  ),
  answer: z
    .object({
      memo: AsReceived.openapi({ description: "Entries of the memo, in order." }),
      memo_next: z.string().nullable(),
    })
    .openapi("MemoPage"),
  status: 200,
  isSigned: true,
  problems: ["not-found", "stale-fence", "run-ended"],
});

export const getLargeValue = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/blob",
  group: "dispatches",
  summary: "Fetch a large value of a dispatch's memo",
  description:
    "Asked by SDKs for a result that the memo shows by its `ref`, signed like an answer; the protocol says how. The answer " +
    "is the value and nothing else: it is checked by the SHA-256 of the `ref`, and not signed.",
  action: "runs.dispatched",
  params: DispatchPath,
  query: NOTHING,
  body: jsonBody(
    z
      .object({
        run: z.string(),
        fence: z.string(),
        ref: z.string().openapi({ description: "`id` of the `ref`." }),
      })
      .openapi("BlobRequest"),
  ),
  answer: AsReceived.openapi({ description: "The value, byte for byte as it was recorded." }),
  status: 200,
  problems: ["not-found", "stale-fence", "run-ended"],
});

export const sendHeartbeat = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/heartbeat",
  group: "dispatches",
  summary: "Say that steps live, and how far they are",
  description:
    "Sent by SDKs while the code of steps runs, signed like an answer; the protocol says how. Nothing is recorded: it " +
    "is shown with the run until the step or its dispatch is over. The answer is signed like a dispatch.",
  action: "runs.dispatched",
  params: DispatchPath,
  query: NOTHING,
  body: {
    schema: z
      .object({
        run: z.string(),
        fence: z.string(),
        beats: z.array(z.object({ id: z.string(), name: z.string(), data: AsReceived })),
      })
      .openapi("Heartbeat"),
    contentTypes: ["application/json"],
    maxBytes: BEATS_PER_MESSAGE_MAX * (PROGRESS_BYTES_MAX + 1024),
    required: true,
    read: "bytes",
  },
  answer: z.object({}).openapi("HeartbeatTaken"),
  status: 200,
  isSigned: true,
  problems: ["not-found", "stale-fence", "run-ended"],
});

export const sendLate = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/runs/{id}/late",
  group: "dispatches",
  summary: "Say what came of an attempt that was over by then",
  description:
    "Sent by SDKs when the code of a step ends after its attempt has, signed like an answer; the protocol says how. It is " +
    "shown among the attempts of the step as `late`, and changes nothing. The answer is signed like a dispatch.",
  action: "runs.dispatched",
  params: DispatchPath,
  query: NOTHING,
  body: {
    schema: z
      .object({
        run: z.string(),
        fence: z.string(),
        id: z.string(),
        name: z.string(),
        attempt: z.number().int().min(1),
        st: z.enum(["ok", "err"]),
        v: AsReceived.optional(),
        error: AsReceived.optional(),
      })
      .openapi("LateResult"),
    contentTypes: ["application/json"],
    maxBytes: ANSWER_BYTES_MAX,
    required: true,
    read: "bytes",
  },
  answer: z.object({}).openapi("LateResultTaken"),
  status: 200,
  isSigned: true,
  problems: ["not-found"],
});
