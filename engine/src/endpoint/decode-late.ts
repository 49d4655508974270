import { lateRequestSchema } from "@durable/protocol";
import type { LateRequest } from "@durable/protocol/wire";
import { type DecodedReport, decodeReport } from "./decode-report.ts";
import { trimFailure } from "./trim-failure.ts";

/** What passes here may be stored and shown without another look. */
export function decodeLate(body: Uint8Array): DecodedReport<LateRequest> {
  const decoded = decodeReport<LateRequest>(body, lateRequestSchema);
  if (decoded.ok && decoded.request.st === "err") {
    decoded.request.error = trimFailure(decoded.request.error);
  }
  return decoded;
}
