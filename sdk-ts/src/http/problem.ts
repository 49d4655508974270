import { CONTENT_TYPE_PROBLEM, type JsonProblemCode, REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import type { WireResponse } from "./wire-message.ts";

type ProblemCode =
  | JsonProblemCode
  | "malformed-request"
  | "unauthenticated"
  | "not-found"
  | "payload-too-large"
  | "unsupported-media-type"
  | "unsupported-encoding"
  | "unsupported-protocol"
  | "memo-incomplete"
  | "raw-body-lost"
  | "secret-unavailable"
  | "internal";

interface Kind {
  readonly status: number;
  readonly title: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Every way in which this side can say that the protocol itself went wrong. */
const KINDS: Readonly<Record<ProblemCode, Kind>> = {
  "malformed-json": { status: 400, title: "The body is not JSON" },
  "invalid-encoding": { status: 400, title: "The body is not UTF-8" },
  "unsupported-character": { status: 400, title: "The body holds a character that is not supported" },
  "duplicate-key": { status: 400, title: "The body has a member twice" },
  "number-out-of-range": { status: 400, title: "The body holds a number that cannot be represented" },
  "too-complex": { status: 400, title: "The body is too complex" },
  "malformed-request": { status: 400, title: "The message is not one of the protocol" },
  unauthenticated: {
    status: 401,
    title: "The request is not signed by a known engine",
    headers: { "www-authenticate": "StandardWebhooks" },
  },
  "not-found": { status: 404, title: "There is no such app or function here" },
  "payload-too-large": { status: 413, title: "The request is too large", headers: { connection: "close" } },
  "unsupported-media-type": { status: 415, title: "The request is not JSON" },
  "unsupported-encoding": { status: 415, title: "The request is encoded" },
  "unsupported-protocol": { status: 415, title: "This SDK does not speak that protocol version" },
  "memo-incomplete": { status: 424, title: "The rest of the memo could not be fetched" },
  "raw-body-lost": { status: 500, title: "The body was read before it could be verified" },
  "secret-unavailable": {
    status: 503,
    title: "The signing secret cannot be read at the moment",
    headers: { "retry-after": "1" },
  },
  internal: { status: 500, title: "Something went wrong in the app" },
};

/** RFC 9457. Says what is wrong with the request and what to do, and nothing about this machine. */
export function problem(code: ProblemCode, detail: string, more: object = {}): WireResponse {
  const { status, title, headers } = KINDS[code];
  return {
    status,
    headers: {
      "content-type": CONTENT_TYPE_PROBLEM,
      "durable-protocol": "1",
      "cache-control": "no-store",
      ...headers,
    },
    body: JSON.stringify({ type: `urn:durable:problem:${code}`, title, status, detail, code, ...more }),
  };
}

export function tooLarge(): WireResponse {
  return problem("payload-too-large", `A request may have at most ${REQUEST_BYTES_MAX} bytes.`);
}

/** Any method but POST: said before any work, and nothing else is. */
export const METHOD_NOT_ALLOWED: WireResponse = {
  status: 405,
  headers: { allow: "POST", "content-type": "application/json" },
  body: "{}",
};
