import { heartbeatRequestSchema } from "@durable/protocol";
import { type HeartbeatRequest, JsonProblem, PROGRESS_BYTES_MAX } from "@durable/protocol/wire";
import { readAppMessage } from "./decode-answer.ts";
import { describeIssues } from "./schema-flaw.ts";
import { exceeds } from "./value-flaw.ts";

export type DecodedHeartbeat =
  | { readonly ok: true; readonly request: HeartbeatRequest }
  | { readonly ok: false; readonly detail: string };

/** What passes here may be stored and shown without another look. */
export function decodeHeartbeat(body: Uint8Array): DecodedHeartbeat {
  let json: unknown;
  try {
    json = readAppMessage(body);
  } catch (error) {
    if (error instanceof JsonProblem) return { ok: false, detail: `It is not usable JSON. ${error.message}` };
    throw error;
  }
  const parsed = heartbeatRequestSchema.safeParse(json);
  if (!parsed.success) return { ok: false, detail: describeIssues(parsed.error) };
  const request: HeartbeatRequest = parsed.data;
  const large = request.beats.find(({ data }) => exceeds(data, PROGRESS_BYTES_MAX));
  if (large !== undefined) {
    const detail = `What step "${large.name}" says of its progress is larger than ${PROGRESS_BYTES_MAX / 1024} KiB.`;
    return { ok: false, detail };
  }
  if (new Set(request.beats.map(({ id }) => id)).size < request.beats.length) {
    return { ok: false, detail: "One step is in it twice. Send the last word of each." };
  }
  return { ok: true, request };
}
