import { checkpointRequestSchema } from "@durable/protocol";
import type { CheckpointRequest } from "@durable/protocol/wire";
import { opsFlaw, trimOps } from "./decode-answer.ts";
import { type DecodedReport, decodeReport } from "./decode-report.ts";
import { opValueFlaw } from "./value-flaw.ts";

/** Reads a checkpoint as strictly as an answer: its ops are stored like those of one. */
export function decodeCheckpoint(body: Uint8Array): DecodedReport<CheckpointRequest> {
  const decoded = decodeReport<CheckpointRequest>(body, checkpointRequestSchema);
  if (!decoded.ok) return decoded;
  const ops = decoded.request.ops ?? [];
  const detail = opsFlaw(ops)?.[1] ?? ops.map(opValueFlaw).find((flaw) => flaw !== null);
  if (detail !== undefined) return { ok: false, detail };
  trimOps(ops);
  return decoded;
}
