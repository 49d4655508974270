// Routes that pages of any origin read: what browsers ask for before they let them, and before they show them the answer.
import type { Env, Hono } from "hono";
import { unauthenticated } from "./authenticate.ts";

/** No `allow-credentials`: a cookie never counts here, so it does not matter whose page it is. */
const READABLE = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after, x-request-id",
} as const;

const PREFLIGHT = {
  ...READABLE,
  "access-control-allow-methods": "GET",
  "access-control-allow-headers": "authorization, last-event-id",
  // Browsers keep it for less, if they want.
  "access-control-max-age": "86400",
} as const;

/** Also what is refused there can be read: a page wants to know why. */
export function openToPages<Any extends Env>(app: Hono<Any>, path: string): void {
  app.options(path, () => new Response(null, { status: 204, headers: PREFLIGHT }));
  app.use(path, async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(READABLE)) c.res.headers.set(name, value);
  });
}

/**
 * @throws Problem `unauthenticated` for another page's request without a token. In development it would be let in as whoever
 * sits at the machine: it would work there and nowhere else, and so would any page that its developer visits.
 */
export function requireTokenOfPage(headers: Readonly<Record<string, string | string[] | undefined>>): void {
  if (headers["origin"] === undefined || headers["authorization"] !== undefined) return;
  throw unauthenticated("A page sends its run token as `authorization: Bearer drt_...`.");
}
