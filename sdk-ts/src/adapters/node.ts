import type { IncomingMessage, ServerResponse } from "node:http";
import { REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { firstLine } from "../http/open-request.ts";
import { METHOD_NOT_ALLOWED, tooLarge } from "../http/problem.ts";
import { createRoute } from "../http/route.ts";
import type { ServeOptions } from "../http/serve-options.ts";
import type { WholeRequest, WireResponse } from "../http/wire-message.ts";
import { NodeOpenRequest } from "./node-open-request.ts";

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * For `node:http`: `http.createServer(serve({ app, functions }))`, or call it for the route's path.
 * Reads the raw body from the socket and answers without building Request and Response.
 */
export function serve(options: ServeOptions): NodeHandler {
  const route = createRoute(options, { takesStreams: true });
  return async (request, response) => {
    if (request.method !== "POST") return write(response, METHOD_NOT_ALLOWED);
    const open = NodeOpenRequest.of(request, response);
    const body = await (open === null ? readBody(request) : firstLine(open));
    if (body === null) return write(response, tooLarge());
    const reply = await route({ ...toWire(request, response, body), open: open ?? undefined });
    if (reply !== null) write(response, reply);
  };
}

export function toWire(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array | string,
): WholeRequest {
  return {
    method: request.method ?? "",
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(",") : value;
    },
    body,
    // Hosts that only imitate a request, as serverless adapters do, have no socket.
    remoteAddress: request.socket?.remoteAddress,
    hangUp: () => hangUpOf(response),
  };
}

/** Aborted when the connection closes before the answer is out. */
export function hangUpOf(
  response: Pick<ServerResponse, "once" | "destroyed" | "writableFinished">,
): AbortSignal {
  const abort = new AbortController();
  const tell = () => {
    if (!response.writableFinished) abort.abort();
  };
  if (response.destroyed) tell();
  else response.once("close", tell);
  return abort.signal;
}

export function write(response: ServerResponse, { status, headers, body }: WireResponse): void {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/**
 * The whole body, or null once it is larger than any request may be, or will not come to its end. Never rejects: a
 * listener of node:http is not awaited, so a sender that hangs up in mid-body would bring the app's process down.
 */
export function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    let first: Buffer | null = null;
    let pieces: Buffer[] | null = null;
    let bytes = 0;
    request.on("data", (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > REQUEST_BYTES_MAX) {
        request.pause();
        resolve(null);
      } else if (first === null) first = piece;
      else if (pieces === null) pieces = [first, piece];
      else pieces.push(piece);
    });
    request.on("end", () =>
      resolve(pieces !== null ? Buffer.concat(pieces, bytes) : (first ?? new Uint8Array())),
    );
    // Nobody hears what is answered now.
    request.on("error", () => resolve(null));
  });
}
