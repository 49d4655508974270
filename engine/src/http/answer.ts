// How every answer is written. Headers are one plain object: the server then writes head and body in one go.
import type { Problem } from "../domain/problems.ts";
import { problemBody } from "../domain/problems.ts";

/** Nothing the API answers may be kept, framed, sniffed or run. */
const API_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export function jsonAnswer(
  status: number,
  text: string,
  requestId: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  return new Response(text, {
    status,
    headers: { "content-type": "application/json", "x-request-id": requestId, ...API_HEADERS, ...more },
  });
}

export function textAnswer(text: string, contentType: string, requestId: string): Response {
  return new Response(text, {
    headers: { "content-type": contentType, "x-request-id": requestId, ...API_HEADERS },
  });
}

/** Server-sent events: nothing in between may keep them back, and when they end, nothing keeps the connection. */
export function eventsAnswer(body: ReadableStream<Uint8Array> | null, requestId: string): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "x-request-id": requestId,
      "x-accel-buffering": "no",
      connection: "close",
      ...API_HEADERS,
    },
  });
}

/** What the client has is still so. */
export function notModified(requestId: string, etag: string): Response {
  return new Response(null, { status: 304, headers: { "x-request-id": requestId, ...API_HEADERS, etag } });
}

export function problemAnswer(problem: Problem, requestId: string): Response {
  return new Response(JSON.stringify(problemBody(problem, requestId)), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      "x-request-id": requestId,
      ...API_HEADERS,
      ...problem.headers,
    },
  });
}

/** The same where no request could be read, so that no framework is there to answer: the bytes for the socket. */
export function problemBytes(problem: Problem, reason: string, requestId: string): string {
  const body = JSON.stringify(problemBody(problem, requestId));
  const headers = {
    "content-type": "application/problem+json",
    "content-length": String(Buffer.byteLength(body)),
    "x-request-id": requestId,
    ...API_HEADERS,
    ...problem.headers,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${reason}\r\n${lines.join("")}\r\n${body}`;
}
