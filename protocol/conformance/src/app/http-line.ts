// The way to the app under test: one request, one answer, byte for byte. Not fetch: it would follow, inflate, and refuse
// methods that the app must refuse itself.

import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { buffer } from "node:stream/consumers";

export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** How long nothing may be heard of the app while it has a request. */
export const PATIENCE_MS = 10_000;
const LOOKS = 20;

/**
 * @param heardMs When something else was heard of the app: a body that began, a callback.
 * @throws Error with a sentence: nobody listens, the line broke, nothing came in time.
 */
export async function sendHttp(
  url: URL,
  request: HttpRequest,
  heardMs: () => number,
  patienceMs: number,
): Promise<HttpAnswer> {
  const patience = new AbortController();
  const sentMs = performance.now();
  const timer = setInterval(() => {
    if (performance.now() - Math.max(sentMs, heardMs()) > patienceMs) patience.abort();
  }, patienceMs / LOOKS);
  try {
    return await exchange(url, request, patience.signal, patienceMs);
  } finally {
    clearInterval(timer);
  }
}

function exchange(
  url: URL,
  { method, headers, body }: HttpRequest,
  signal: AbortSignal,
  patienceMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const hasBody = bytes.length > 0 || method === "POST";
    const request: ClientRequest = send(url, {
      method,
      agent: false,
      headers: { ...headers, ...(hasBody && { "content-length": String(bytes.length) }) },
      signal,
    });
    request.on("error", (error) => reject(new Error(sayBroken(url, error, patienceMs))));
    request.on("response", (response) => {
      buffer(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: plainHeaders(response), body: read }),
        (error: Error) => reject(new Error(sayBroken(url, error, patienceMs))),
      );
    });
    request.end(hasBody ? bytes : undefined);
  });
}

function sayBroken(url: URL, error: Error & { code?: string }, patienceMs: number): string {
  if (error.name === "AbortError") {
    return `Nothing was heard of the app for ${patienceMs / 1_000} s, and it owes an answer.`;
  }
  if (error.code === "ECONNREFUSED") return `Nobody listens at ${url.origin}.`;
  return `The line to the app broke before its answer was here (${error.code ?? error.message}).`;
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
