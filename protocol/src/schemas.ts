// The messages that get a JSON Schema of their own, by file name. scripts/write-schemas.ts writes protocol/schema/.
import * as z from "zod";
import { answerSchema } from "./answer.ts";
import { callAnswerSchema, callRequestSchema, queryRequestSchema } from "./call.ts";
import { checkpointAnswerSchema, checkpointRequestSchema } from "./checkpoint.ts";
import { clientEventSchema, cloudEventSchema, sendRequestSchema } from "./event.ts";
import { heartbeatRequestSchema } from "./heartbeat.ts";
import { inspectRequestSchema, manifestSchema, syncRequestSchema } from "./inspect.ts";
import { invokeRequestSchema } from "./invoke.ts";
import { lateRequestSchema } from "./late.ts";
import { blobRequestSchema, memoPageRequestSchema, memoPageSchema } from "./memo.ts";
import { problemSchema } from "./problem.ts";

interface PublishedSchema {
  readonly title: string;
  readonly schema: z.ZodType;
}

export const publishedSchemas: Readonly<Record<string, PublishedSchema>> = {
  "inspect-request": { title: "Engine to app: what are you?", schema: inspectRequestSchema },
  manifest: { title: "App to engine: the answer to inspect", schema: manifestSchema },
  "invoke-request": { title: "Engine to app: continue this run", schema: invokeRequestSchema },
  answer: { title: "App to engine: the answer to invoke", schema: answerSchema },
  "call-request": { title: "Engine to app: run this handler once", schema: callRequestSchema },
  "query-request": { title: "Engine to app: ask this run", schema: queryRequestSchema },
  "call-answer": { title: "App to engine: the answer to call and query", schema: callAnswerSchema },
  "memo-page-request": { title: "App to engine: the next page of a memo", schema: memoPageRequestSchema },
  "memo-page": { title: "Engine to app: one page of a memo", schema: memoPageSchema },
  "blob-request": { title: "App to engine: the bytes of a ref", schema: blobRequestSchema },
  "checkpoint-request": {
    title: "App to engine: what happened so far, while the handler goes on",
    schema: checkpointRequestSchema,
  },
  "checkpoint-answer": { title: "Engine to app: the answer to a checkpoint", schema: checkpointAnswerSchema },
  "heartbeat-request": {
    title: "App to engine: steps live, and how far they are",
    schema: heartbeatRequestSchema,
  },
  "late-request": {
    title: "App to engine: what came of an attempt that was over by then",
    schema: lateRequestSchema,
  },
  "sync-request": { title: "App or operator to engine: inspect this endpoint", schema: syncRequestSchema },
  event: { title: "An event as a client sends it", schema: clientEventSchema },
  "cloud-event": { title: "An event as a CloudEvent 1.0", schema: cloudEventSchema },
  "send-request": { title: "One event or several, in either form", schema: sendRequestSchema },
  problem: { title: "RFC 9457 problem with a code", schema: problemSchema },
};

/**
 * File name -> text of the JSON Schema 2020-12, each complete in itself. Unknown members are allowed everywhere, and
 * a property without keywords stands for any JSON value.
 */
export function jsonSchemaFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const [name, { title, schema }] of Object.entries(publishedSchemas)) {
    const { $schema, ...rest } = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" });
    const document = { $schema, $id: `urn:durable:schema:1:${name}`, title, ...rest };
    files.set(`${name}.json`, `${JSON.stringify(document, null, 2)}\n`);
  }
  return files;
}
