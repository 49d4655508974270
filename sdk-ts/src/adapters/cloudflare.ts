import { createRoute } from "../http/route.ts";
import type { ServeOptions } from "../http/serve-options.ts";
import { provideEnvironment } from "../runtime/environment.ts";
import { serve as serveFetch } from "../serve.ts";

/** What of the third argument of a Worker's `fetch` is used. */
export interface WorkerContext {
  waitUntil(promise: Promise<unknown>): void;
}

/**
 * For Cloudflare Workers: `export default { fetch: serve({ app, functions }) }`, or call it for the route's path with all
 * three arguments. `DURABLE_SECRET`, `DURABLE_URL` and the others are read from the Worker's bindings: variables
 * and secrets are none of `process.env` there.
 */
export function serve(
  options: ServeOptions,
): (request: Request, bindings?: unknown, context?: WorkerContext) => Promise<Response> {
  // Bindings come with the first request. Mistakes are told before: when the Worker is loaded.
  createRoute(options);
  let handler: ((request: Request) => Promise<Response>) | undefined;
  return (request, bindings, context) => {
    provideEnvironment(bindings);
    handler ??= serveFetch(options);
    const answer = handler(request);
    // Workers whose caller has hung up are ended in the middle of a step's body, unless they ask for more time.
    context?.waitUntil(answer.catch(() => {}));
    return answer;
  };
}
