import { checkpointRequestSchema } from "@durable/protocol";
import type { CheckpointRequest } from "@durable/protocol/wire";
import { opsFlaw, trimOps } from "./decode-answer.ts";
import { type DecodedReport, decodeReport } from "./decode-report.ts";
import { opValuesFlaw } from "./value-flaw.ts";

/** Reads a checkpoint as strictly as an answer: its ops are stored like those of one. */
export function decodeCheckpoint(body: Uint8Array): DecodedReport<CheckpointRequest> {
  const decoded = decodeReport<CheckpointRequest>(body, checkpointRequestSchema);
  if (!decoded.ok) return decoded;
  const ops = decoded.request.ops ?? [];
  const flaw = opsFlaw(ops) ?? opValuesFlaw(ops);
  if (flaw !== null) return { ok: false, detail: flaw[1] };
  trimOps(ops);
  return decoded;
}
