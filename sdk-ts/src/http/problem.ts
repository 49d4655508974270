import { CONTENT_TYPE_PROBLEM } from "@durable/protocol/wire";

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const TITLES: Record<string, { status: number; title: string }> = {
  "malformed-request": { status: 400, title: "The request cannot be read" },
  unauthenticated: { status: 401, title: "The signature is missing or wrong" },
  "not-found": { status: 404, title: "There is no such app or function here" },
  "payload-too-large": { status: 413, title: "The request is too large" },
  "unsupported-media-type": { status: 415, title: "The request is not JSON" },
  "unsupported-protocol": { status: 415, title: "This SDK does not speak that protocol version" },
  "raw-body-lost": { status: 500, title: "The body was parsed before it could be verified" },
};

/** RFC 9457. Says what is wrong with the request and nothing about this machine. */
export function problem(code: keyof typeof TITLES & string, detail: string, more: object = {}): WireResponse {
  const { status, title } = TITLES[code]!;
  return {
    status,
    headers: { "content-type": CONTENT_TYPE_PROBLEM, "durable-protocol": "1", "cache-control": "no-store" },
    body: JSON.stringify({ type: `urn:durable:problem:${code}`, title, status, detail, code, ...more }),
  };
}

/** Any method but POST: said before any work, and nothing else is. */
export const METHOD_NOT_ALLOWED: WireResponse = {
  status: 405,
  headers: { allow: "POST", "content-type": "application/json" },
  body: "{}",
};
