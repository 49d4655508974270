import { REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { isLines } from "./http/check-head.ts";
import { FetchOpenRequest } from "./http/fetch-open-request.ts";
import { firstLine } from "./http/open-request.ts";
import { METHOD_NOT_ALLOWED, tooLarge } from "./http/problem.ts";
import { createRoute, type Route } from "./http/route.ts";
import type { ServeOptions } from "./http/serve-options.ts";
import type { WholeRequest, WireResponse } from "./http/wire-message.ts";

/**
 * `serve({ app, functions })`: the route `/api/durable` for any fetch runtime, `(Request) => Promise<Response>`.
 * Mount it for every method; all but POST are answered 405.
 */
export function serve(options: ServeOptions): (request: Request) => Promise<Response> {
  const route = createRoute(options, { takesStreams: true });
  return async (request) => {
    if (request.method !== "POST") return toResponse(METHOD_NOT_ALLOWED);
    if (request.body !== null && isLines(request.headers.get("content-type"))) {
      return answerOpen(route, request, request.body);
    }
    const declared = Number(request.headers.get("content-length") ?? 0);
    if (declared > REQUEST_BYTES_MAX) {
      // A line on which a body is left unread is cut by some servers before the sender has come to read the answer.
      if (declared <= 2 * REQUEST_BYTES_MAX) await request.body?.pipeTo(new WritableStream()).catch(() => {});
      return toResponse(tooLarge());
    }
    const body = await readBody(request);
    if (body === null) return toResponse(tooLarge());
    return toResponse(await route(toWire(request, body)));
  };
}

function toWire(request: Request, body: Uint8Array): WholeRequest {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const header = (name: string) => (name === "host" ? host : request.headers.get(name));
  return { method: request.method, header, body, hangUp: () => request.signal };
}

/** The answer begins when there is something to say, which may be long before the request has ended. */
function answerOpen(route: Route, request: Request, stream: ReadableStream<Uint8Array>): Promise<Response> {
  return new Promise((resolve, reject) => {
    const open = new FetchOpenRequest(stream, request.signal, resolve);
    const answer = async () => {
      const body = await firstLine(open);
      const response = body === null ? tooLarge() : await route({ ...toWire(request, body), open });
      if (response !== null) resolve(toResponse(response));
    };
    answer().catch(reject);
  });
}

function toResponse({ status, headers, body }: WireResponse): Response {
  return new Response(body, { status, headers });
}

/**
 * The whole body, or null once it is larger than any request may be: a body in chunks does not say its length, and who
 * sends it is not known before all of it is read.
 */
async function readBody({ body }: Request): Promise<Uint8Array | null> {
  if (body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = body.getReader();
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    bytes += value!.length;
    if (bytes > REQUEST_BYTES_MAX) {
      void reader.cancel().catch(() => {});
      return null;
    }
    pieces.push(value!);
  }
  return joined(pieces, bytes);
}

function joined(pieces: readonly Uint8Array[], bytes: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
