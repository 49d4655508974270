import {
  CONTENT_TYPE_JSON,
  CONTENT_TYPE_LINES,
  HEADER_PROTOCOL,
  PROTOCOL_VERSION,
  REQUEST_BYTES_MAX,
} from "@durable/protocol/wire";
import { METHOD_NOT_ALLOWED, problem, tooLarge } from "./problem.ts";
import type { WireRequest, WireResponse } from "./wire-message.ts";

/** What can be refused without reading the body; null when nothing can. */
export function checkHead(request: WireRequest): WireResponse | null {
  if (request.method !== "POST") return METHOD_NOT_ALLOWED;
  if (!isJson(request.header("content-type"))) {
    return problem("unsupported-media-type", "Send it with content-type: application/json.");
  }
  const encoding = request.header("content-encoding");
  if (encoding && encoding !== "identity") {
    return problem("unsupported-encoding", "Send the body as it is, without content-encoding.");
  }
  const version = request.header(HEADER_PROTOCOL);
  if (version && version !== String(PROTOCOL_VERSION)) {
    const supported = { min: PROTOCOL_VERSION, max: PROTOCOL_VERSION };
    return problem("unsupported-protocol", `Send durable-protocol: ${PROTOCOL_VERSION}.`, { supported });
  }
  return request.body.length > REQUEST_BYTES_MAX ? tooLarge() : null;
}

function isJson(type: string | null | undefined): boolean {
  return type === CONTENT_TYPE_JSON || mediaType(type) === CONTENT_TYPE_JSON || isLines(type);
}

/** Whether the body is lines, of which the first is the message: what follows tells what came of the answer's lines. */
export function isLines(type: string | null | undefined): boolean {
  return mediaType(type) === CONTENT_TYPE_LINES;
}

function mediaType(type: string | null | undefined): string | undefined {
  return type?.split(";", 1)[0]?.trim().toLowerCase();
}
