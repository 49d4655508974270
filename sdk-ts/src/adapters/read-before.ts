// Servers whose middleware may have read the body before this route: Express, and what imitates it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { firstLine } from "../http/open-request.ts";
import { METHOD_NOT_ALLOWED, problem, tooLarge } from "../http/problem.ts";
import { createRoute, type RouteHost } from "../http/route.ts";
import type { ServeOptions } from "../http/serve-options.ts";
import { readBody, toWire, write } from "./node.ts";
import { NodeOpenRequest } from "./node-open-request.ts";

export interface PerhapsRead extends IncomingMessage {
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

export type PerhapsReadHandler = (request: PerhapsRead, response: ServerResponse) => Promise<void>;

/**
 * Takes the bytes where they are: in the stream, or kept by whoever read it. Where only what a JSON parser made of them is
 * left, the same text is made again, for the engine sends compact JSON; it still has to verify.
 *
 * @param whenLost What to do where the bytes are gone and cannot be made again.
 */
export function serveRead(options: ServeOptions, whenLost: string, host: RouteHost = {}): PerhapsReadHandler {
  const route = createRoute(options, host);
  return async (request, response) => {
    if (request.method !== "POST") return write(response, METHOD_NOT_ALLOWED);
    const kept = bodyAtHand(request);
    const open = kept === null ? NodeOpenRequest.of(request, response) : null;
    const body = kept?.body ?? (await (open === null ? readBody(request) : firstLine(open)));
    if (body === null) return write(response, tooLarge());
    const reply = await route({ ...toWire(request, response, body), open: open ?? undefined });
    if (reply !== null)
      write(response, reply.status === 401 && kept?.isRemade ? problem("raw-body-lost", whenLost) : reply);
  };
}

interface KeptBody {
  readonly body: Uint8Array | string;
  /** Written again from what a parser made of it. */
  readonly isRemade: boolean;
}

/** What a body parser before us has left, or null when the stream is still unread. */
function bodyAtHand(request: PerhapsRead): KeptBody | null {
  for (const kept of [request.rawBody, request.body]) {
    if (kept instanceof Uint8Array || typeof kept === "string") return { body: kept, isRemade: false };
  }
  if (typeof request.body !== "object" || request.body === null) return null;
  return { body: JSON.stringify(request.body), isRemade: true };
}
