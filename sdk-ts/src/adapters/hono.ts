import type { ServeOptions } from "../http/serve-options.ts";
import { serve as serveFetch } from "../serve.ts";

/** For Hono: `app.all("/api/durable", serve({ app, functions }))`. */
export function serve(
  options: ServeOptions,
): (context: { readonly req: { readonly raw: Request } }) => Promise<Response> {
  const handler = serveFetch(options);
  return (context) => handler(context.req.raw);
}
