import { heartbeatRequestSchema } from "@durable/protocol";
import { type HeartbeatRequest, PROGRESS_BYTES_MAX } from "@durable/protocol/wire";
import { type DecodedReport, decodeReport } from "./decode-report.ts";
import { exceeds } from "./value-flaw.ts";

/** What passes here may be stored and shown without another look. */
export function decodeHeartbeat(body: Uint8Array): DecodedReport<HeartbeatRequest> {
  const decoded = decodeReport<HeartbeatRequest>(body, heartbeatRequestSchema);
  if (!decoded.ok) return decoded;
  const { beats } = decoded.request;
  const large = beats.find(({ data }) => exceeds(data, PROGRESS_BYTES_MAX));
  if (large !== undefined) {
    const detail = `What step "${large.name}" says of its progress is larger than ${PROGRESS_BYTES_MAX / 1024} KiB.`;
    return { ok: false, detail };
  }
  if (new Set(beats.map(({ id }) => id)).size < beats.length) {
    return { ok: false, detail: "One step is in it twice. Send the last word of each." };
  }
  return decoded;
}
