import type { ServeOptions } from "../http/serve-options.ts";
import { serve as serveFetch } from "../serve.ts";
import { type PerhapsReadHandler, serveRead } from "./read-before.ts";

type RouteHandler = (request: Request) => Promise<Response>;

/** For a Next.js route, `app/api/durable/route.ts`: `export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve({ app, functions })`. */
export function serve(
  options: ServeOptions,
): Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS", RouteHandler> {
  const handler = serveFetch(options);
  return { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler, OPTIONS: handler };
}

/**
 * For the pages router, `pages/api/durable.ts`: `export default servePages({ app, functions })`. Beside it stands
 * `export const config = { api: { bodyParser: false } }`, which Next reads only where it is written.
 */
export function servePages(options: ServeOptions): PerhapsReadHandler {
  return serveRead(options, RAW_BODY_LOST);
}

const RAW_BODY_LOST =
  "Next parsed the body before this route and the bytes it read are gone, so the signature cannot be checked. Put this " +
  "line into the route's file: export const config = { api: { bodyParser: false } }.";
