import type { Context, Hono } from "hono";
import { isFromThisMachine } from "../../auth/loopback.ts";
import { cookieOf, hasSession, isFromOwnPage, makeSession } from "../../auth/session.ts";
import { Problem } from "../../domain/problems.ts";
import type { Authentication } from "../middleware/authenticate.ts";
import { readBody } from "../middleware/limit-body.ts";
import { RateLimit } from "../middleware/rate-limit.ts";
import { toProblem } from "../middleware/render-error.ts";
import { type HttpEnv, refuseMethod } from "../mount.ts";
import { loginPage } from "./login-page.ts";
import { askerOf, pageAnswer, problemPage, redirect } from "./page-answer.ts";

const FORM_BYTES_MAX = 4 * 1024;
/** Of one address; a person mistypes a few times, a program guesses. */
const LOGIN_RATE = { perSecond: 0.2, atOnce: 20 };

/** The only forms there are: in with the admin token, and out. */
export function mountLogin(app: Hono<HttpEnv>, authentication: Authentication): void {
  const { adminToken, clock, log } = authentication;
  const attempts = new RateLimit(clock, LOGIN_RATE);
  const nowS = () => Math.floor(clock.epochMs() / 1000);

  route("/login", ["GET", "HEAD", "POST"], async (c) => {
    const peer = askerOf(c);
    if (peer.method !== "POST") {
      const isLoggedIn = hasSession(authentication, peer, nowS());
      return await shown(c, 200, { next: nextOf(c.req.query("next")), isLoggedIn, refusal: null });
    }
    attempts.take(peer.remoteAddress ?? "");
    requireOwnForm(c);
    const form = await formOf(c);
    const next = nextOf(form.get("next") ?? undefined);
    if (!adminToken.matches(form.get("token")?.trim() ?? "")) {
      log.warn({ requestId: c.get("requestId"), address: peer.remoteAddress }, "a login was refused");
      const refusal = "That is not the admin token of this engine. Compare it with DURABLE_ADMIN_TOKEN.";
      return await shown(c, 401, { next, isLoggedIn: false, refusal });
    }
    return redirect(next, { "set-cookie": cookieOf(peer, makeSession(authentication, nowS())) });
  });

  route("/logout", ["POST"], async (c) => {
    requireOwnForm(c);
    return redirect("/login", { "set-cookie": cookieOf(askerOf(c), null) });
  });

  function route(
    path: string,
    methods: readonly string[],
    answer: (c: Context<HttpEnv>) => Promise<Response>,
  ): void {
    app.all(path, async (c) => {
      if (!methods.includes(c.env.incoming.method ?? "")) refuseMethod(methods);
      try {
        return await answer(c);
      } catch (error) {
        const problem = toProblem(error, log, c.get("requestId"));
        return await pageAnswer(problem.status, problemPage(problem), c.get("requestId"), problem.headers);
      }
    });
  }
}

function shown(
  c: Context<HttpEnv>,
  status: number,
  page: { readonly next: string; readonly isLoggedIn: boolean; readonly refusal: string | null },
): Promise<Response> {
  const peer = askerOf(c);
  const isKept = isFromThisMachine(peer) || peer.headers["x-forwarded-proto"] === "https";
  return pageAnswer(status, loginPage({ ...page, isKept }), c.get("requestId"));
}

/** Nobody is logged in or out by a page of somebody else. */
function requireOwnForm(c: Context<HttpEnv>): void {
  if (isFromOwnPage(askerOf(c))) return;
  throw new Problem(
    "forbidden",
    "This form was not sent by a page of this engine. Open /login and try again.",
  );
}

async function formOf(c: Context<HttpEnv>): Promise<URLSearchParams> {
  const { incoming, outgoing } = c.env;
  const bytes = await readBody(incoming, outgoing, FORM_BYTES_MAX);
  return new URLSearchParams(Buffer.from(bytes).toString("utf8"));
}

/** A path of this engine, never another site. */
function nextOf(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text) ? text : "/";
}
