import type { ServeOptions } from "../http/serve-options.ts";
import { serve as serveFetch } from "../serve.ts";

type RouteHandler = (request: Request) => Promise<Response>;

/** For a Next.js route, `app/api/durable/route.ts`: `export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve({ app, functions })`. */
export function serve(
  options: ServeOptions,
): Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS", RouteHandler> {
  const handler = serveFetch(options);
  return { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler, OPTIONS: handler };
}
