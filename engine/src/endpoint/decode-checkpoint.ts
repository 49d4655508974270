import { checkpointRequestSchema } from "@durable/protocol";
import { type CheckpointRequest, JsonProblem } from "@durable/protocol/wire";
import { opsFlaw, readAppMessage, trimOps } from "./decode-answer.ts";
import { type DecodedReport, decodeReport, reportOf } from "./decode-report.ts";
import { opValueFlaw } from "./value-flaw.ts";

/** Reads a checkpoint as strictly as an answer: its ops are stored like those of one. */
export function decodeCheckpoint(body: Uint8Array): DecodedReport<CheckpointRequest> {
  return checked(decodeReport<CheckpointRequest>(body, checkpointRequestSchema));
}

/** What a line of a stream is. */
export type StreamLine =
  | { readonly kind: "alive" }
  | { readonly kind: "checkpoint"; readonly decoded: DecodedReport<CheckpointRequest> }
  /** Or what shall be one: it is read as strictly as any. */
  | { readonly kind: "answer" };

export function decodeStreamLine(body: Uint8Array): StreamLine {
  let json: unknown;
  try {
    json = readAppMessage(body);
  } catch (error) {
    if (error instanceof JsonProblem) return { kind: "answer" };
    throw error;
  }
  const { seq, ping } = json as { readonly seq?: unknown; readonly ping?: unknown };
  if (ping === true) return { kind: "alive" };
  if (seq === undefined) return { kind: "answer" };
  return { kind: "checkpoint", decoded: checked(reportOf<CheckpointRequest>(json, checkpointRequestSchema)) };
}

function checked(decoded: DecodedReport<CheckpointRequest>): DecodedReport<CheckpointRequest> {
  if (!decoded.ok) return decoded;
  const ops = decoded.request.ops ?? [];
  const detail = opsFlaw(ops)?.[1] ?? ops.map(opValueFlaw).find((flaw) => flaw !== null);
  if (detail !== undefined) return { ok: false, detail };
  trimOps(ops);
  return decoded;
}
