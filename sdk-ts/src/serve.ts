import { REQUEST_BYTES_MAX } from "@durable/protocol/wire";
import { createHandle, type ServeOptions } from "./http/handle.ts";
import { METHOD_NOT_ALLOWED, tooLarge } from "./http/problem.ts";
import type { WireResponse } from "./http/wire-message.ts";

/**
 * `serve({ app, functions })`: the route `/api/durable` for any fetch runtime, `(Request) => Promise<Response>`.
 * Mount it for every method; all but POST are answered 405.
 */
export function serve(options: ServeOptions): (request: Request) => Promise<Response> {
  const handle = createHandle(options);
  return async (request) => {
    if (request.method !== "POST") return toResponse(METHOD_NOT_ALLOWED);
    if (Number(request.headers.get("content-length") ?? 0) > REQUEST_BYTES_MAX) return toResponse(tooLarge());
    const body = new Uint8Array(await request.arrayBuffer());
    const host = request.headers.get("host") ?? new URL(request.url).host;
    const header = (name: string) => (name === "host" ? host : request.headers.get(name));
    const hangUp = () => request.signal;
    return toResponse(await handle({ method: request.method, header, body, hangUp }));
  };
}

function toResponse({ status, headers, body }: WireResponse): Response {
  return new Response(body, { status, headers });
}
