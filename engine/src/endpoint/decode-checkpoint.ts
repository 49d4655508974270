import { checkpointRequestSchema } from "@durable/protocol";
import { type CheckpointRequest, JsonProblem } from "@durable/protocol/wire";
import { opsFlaw, readAppMessage, trimOps } from "./decode-answer.ts";
import { describeIssues } from "./schema-flaw.ts";
import { opValuesFlaw } from "./value-flaw.ts";

export type DecodedCheckpoint =
  | { readonly ok: true; readonly request: CheckpointRequest }
  | { readonly ok: false; readonly detail: string };

/** Reads a checkpoint as strictly as an answer: its ops are stored like those of one. */
export function decodeCheckpoint(body: Uint8Array): DecodedCheckpoint {
  let json: unknown;
  try {
    json = readAppMessage(body);
  } catch (error) {
    if (error instanceof JsonProblem) return { ok: false, detail: `It is not usable JSON. ${error.message}` };
    throw error;
  }
  const parsed = checkpointRequestSchema.safeParse(json);
  if (!parsed.success) return { ok: false, detail: describeIssues(parsed.error) };
  const request: CheckpointRequest = parsed.data;
  const ops = request.ops ?? [];
  const flaw = opsFlaw(ops) ?? opValuesFlaw(ops);
  if (flaw !== null) return { ok: false, detail: flaw[1] };
  trimOps(ops);
  return { ok: true, request };
}
