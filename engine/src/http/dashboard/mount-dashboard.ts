import { randomBytes } from "node:crypto";
import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { authorize } from "../../auth/authorize.ts";
import { type Authentication, authenticate } from "../middleware/authenticate.ts";
import { toProblem } from "../middleware/render-error.ts";
import type { HttpEnv } from "../mount.ts";
import { layout } from "../pages/layout.ts";
import { askerOf, COMMON_HEADERS, pageAnswer, problemPage, redirect } from "../pages/page-answer.ts";
import { DashboardFiles } from "./dashboard-files.ts";

const NO_BODY = () => Promise.resolve(new Uint8Array());

/** Everything from this engine, nothing from anywhere else; styles that a library writes at run time carry the nonce. */
const policyOf = (nonce: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

/**
 * The dashboard's files, and its entry page for every address that is no route and that a browser goes to: which screen that is the page
 * itself knows. Programs that ask for such an address are told that there is none.
 */
export function mountDashboard(app: Hono<HttpEnv>, authentication: Authentication): void {
  const files = new DashboardFiles();

  app.get("/assets/:name", async (c, next) => {
    const file = await files.asset(c.req.param("name"), c.req.header("accept-encoding") ?? "");
    if (file === null) return await next();
    return new Response(file.bytes, {
      headers: {
        ...COMMON_HEADERS,
        "content-type": file.contentType,
        "cache-control": "public, max-age=31536000, immutable",
        vary: "accept-encoding",
        ...(file.encoding === null ? {} : { "content-encoding": file.encoding }),
      },
    });
  });

  app.get("*", async (c, next) => (isBrowsed(c) ? await entry(c) : await next()));

  async function entry(c: Context<HttpEnv>): Promise<Response> {
    const requestId = c.get("requestId");
    try {
      const actor = await authenticate(authentication, askerOf(c), null, NO_BODY);
      authorize(actor, "pages.read", { workspace: null, runId: null });
    } catch (error) {
      const problem = toProblem(error, authentication.log, requestId);
      if (problem.code === "unauthenticated") return redirect(`/login?next=${encodeURIComponent(pathOf(c))}`);
      return await pageAnswer(problem.status, problemPage(problem), requestId, problem.headers);
    }
    const nonce = randomBytes(16).toString("base64");
    const page = await files.index(nonce);
    if (page === null) return await pageAnswer(503, NOT_BUILT, requestId);
    return new Response(page, {
      headers: {
        ...COMMON_HEADERS,
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policyOf(nonce),
        "cache-control": "no-store",
        "x-request-id": requestId,
      },
    });
  }
}

/** An address that somebody typed or followed, and not what a program asks for. */
function isBrowsed(c: Context<HttpEnv>): boolean {
  return c.req.path === "/" || (c.req.header("accept") ?? "").includes("text/html");
}

function pathOf(c: Context<HttpEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return `${pathname}${search}`;
}

const NOT_BUILT = layout({
  title: "Not built",
  body: html`<h1>The dashboard is not built</h1>
<p>This engine runs from its sources. <code>npm start</code> builds the dashboard; by itself it is <code>npm run dashboard</code>.</p>
<p>Without it: <a href="/api/docs">the API</a>, and <code>durable runs ls</code>.</p>`,
});
