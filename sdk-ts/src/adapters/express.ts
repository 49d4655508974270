import type { IncomingMessage, ServerResponse } from "node:http";
import { METHOD_NOT_ALLOWED, problem, tooLarge } from "../http/problem.ts";
import { createRoute } from "../http/route.ts";
import type { ServeOptions } from "../http/serve-options.ts";
import { readBody, toWire, write } from "./node.ts";

interface ExpressRequest extends IncomingMessage {
  readonly body?: unknown;
  readonly rawBody?: unknown;
}

/**
 * For Express: `app.use("/api/durable", serve({ app, functions }))`. Works before and after `express.json()`: after it
 * the raw bytes are gone, but the engine sends compact JSON, so the same text is made again and still has to verify.
 */
export function serve(
  options: ServeOptions,
): (request: ExpressRequest, response: ServerResponse) => Promise<void> {
  const route = createRoute(options);
  return async (request, response) => {
    if (request.method !== "POST") return write(response, METHOD_NOT_ALLOWED);
    const kept = bodyAtHand(request);
    const body = kept?.body ?? (await readBody(request));
    if (body === null) return write(response, tooLarge());
    const reply = await route(toWire(request, response, body));
    write(response, reply.status === 401 && kept?.isRemade ? problem("raw-body-lost", RAW_BODY_LOST) : reply);
  };
}

const RAW_BODY_LOST =
  "A body parser ran before this route and the bytes it read are gone, so the signature cannot be checked. Mount the " +
  "route before express.json(), or keep the bytes: express.json({ verify: (req, _, bytes) => { req.rawBody = bytes } }).";

interface KeptBody {
  readonly body: Uint8Array | string;
  /** Written again from what a parser made of it. */
  readonly isRemade: boolean;
}

/** What a body parser before us has left, or null when the stream is still unread. */
function bodyAtHand(request: ExpressRequest): KeptBody | null {
  for (const kept of [request.rawBody, request.body]) {
    if (kept instanceof Uint8Array || typeof kept === "string") return { body: kept, isRemade: false };
  }
  if (typeof request.body !== "object" || request.body === null) return null;
  return { body: JSON.stringify(request.body), isRemade: true };
}
