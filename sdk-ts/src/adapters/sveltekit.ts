import type { ServeOptions } from "../http/serve-options.ts";
import { serve as serveFetch } from "../serve.ts";

/**
 * For SvelteKit, `src/routes/api/durable/+server.ts`: `export const fallback = serve({ app, functions })`. What is only
 * in `.env` is no environment of the process: name it, as `secret: env.DURABLE_SECRET` with `$env/dynamic/private`.
 */
export function serve(options: ServeOptions): (event: { readonly request: Request }) => Promise<Response> {
  const handler = serveFetch(options);
  return (event) => handler(event.request);
}
