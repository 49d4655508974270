// The way to the app under test: one request, one answer, byte for byte. Not fetch: it would follow, inflate, and refuse
// methods that the app must refuse itself.

import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

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

/** How long the app may take for one request. */
const PATIENCE_MS = 10_000;

/** @throws Error with a sentence: nobody listens, the line broke, nothing came in time. */
export function sendHttp(url: URL, { method, headers, body }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    const hasBody = bytes.length > 0 || method === "POST";
    const request: ClientRequest = send(url, {
      method,
      agent: false,
      headers: { ...headers, ...(hasBody && { "content-length": String(bytes.length) }) },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    request.on("error", (error) => reject(new Error(sayBroken(url, error))));
    request.on("response", (response) => {
      readAll(response).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: plainHeaders(response), body: read }),
        (error: Error) => reject(new Error(sayBroken(url, error))),
      );
    });
    request.end(hasBody ? bytes : undefined);
  });
}

function sayBroken(url: URL, error: Error & { code?: string }): string {
  if (error.name === "AbortError" || error.name === "TimeoutError") {
    return `The app gave no answer within ${PATIENCE_MS / 1_000} s.`;
  }
  if (error.code === "ECONNREFUSED") return `Nobody listens at ${url.origin}.`;
  return `The line to the app broke before its answer was here (${error.code ?? error.message}).`;
}

async function readAll(response: IncomingMessage): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of response) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
}
