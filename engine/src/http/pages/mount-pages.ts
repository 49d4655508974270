import type { Context, Hono } from "hono";
import { html } from "hono/html";
import { AdminToken } from "../../auth/admin-token.ts";
import { type Actor, authorize } from "../../auth/authorize.ts";
import { isFromThisMachine } from "../../auth/loopback.ts";
import { notFound, PROBLEMS, Problem } from "../../domain/problems.ts";
import { listInputs } from "../../store/inputs.ts";
import { listRuns } from "../../store/runs-listing.ts";
import { loadRun } from "../../store/runs-listing-detail.ts";
import { listSkips } from "../../store/skips.ts";
import { listWorkspaces } from "../../store/workspaces.ts";
import { toProblem } from "../middleware/render-error.ts";
import { type HttpEnv, refuseMethod } from "../mount.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "../routes/run-id.ts";
import { homePage } from "./home-page.ts";
import { type Html, layout } from "./layout.ts";
import { runPage } from "./run-page.ts";
import { ICON, STYLE } from "./style.ts";

const RUNS_SHOWN = 10;
const SKIPS_SHOWN = 3;
const INPUTS_SHOWN = 10;
const WORKSPACES_SHOWN = 30;

/** Pages for looking: no script, no form, nothing that changes anything. */
export function mountPages(app: Hono<HttpEnv>, parts: RouteParts): void {
  const { config, clock, database, log, workspaceIds } = parts;
  const adminToken = new AdminToken(config.adminToken);

  page("/", async (c) => {
    const workspaces = (await listWorkspaces(database)).slice(0, WORKSPACES_SHOWN);
    const shown = [];
    for (const workspace of workspaces) {
      const id = await workspaceIds.require(workspace.app, workspace.environment);
      const runs = await listRuns(database, id, {
        status: null,
        functionId: null,
        eventId: null,
        before: null,
        limit: RUNS_SHOWN,
      });
      const skips = await listSkips(database, id, {
        eventId: null,
        functionId: null,
        reason: null,
        before: null,
        limit: SKIPS_SHOWN,
      });
      const inputs = await listInputs(database, id, {
        status: "open",
        assignee: null,
        functionId: null,
        runId: null,
        before: null,
        limit: INPUTS_SHOWN,
      });
      shown.push({ workspace, runs, skips, inputs });
    }
    return homePage(shown, new URL(c.req.url).origin);
  });

  page("/runs/:app/:env/:id", async (c) => {
    const { app: name, env: environment, id } = c.req.param() as Record<"app" | "env" | "id", string>;
    const runId = requireRunId(id);
    const run = await loadRun(database, await workspaceIds.require(name, environment), runId);
    if (run === null) throw notFound();
    return runPage(run, { app: name, environment }, clock.epochMs());
  });

  file("/page.css", "text/css; charset=utf-8", STYLE);
  file("/icon.svg", "image/svg+xml", ICON);

  function page(path: string, make: (c: Context<HttpEnv>) => Promise<Html>): void {
    app.get(path, async (c) => {
      try {
        authorize(whoLooks(c), "pages.read", null);
        return answer(200, await make(c), {});
      } catch (error) {
        const problem = toProblem(error, log, c.get("requestId"));
        return answer(problem.status, problemPage(problem), problem.headers);
      }
    });
    app.all(path, () => refuseMethod(["GET", "HEAD"]));
  }

  function file(path: string, contentType: string, text: string): void {
    app.get(path, () => new Response(text, { headers: { "content-type": contentType, ...FILE_HEADERS } }));
  }

  /**
   * HTTP Basic, the admin token being the password: no cookie to steal, no session to keep. That a browser sends it
   * by itself is harmless, for pages only show, and the API takes nothing but Bearer.
   */
  function whoLooks(c: Context<HttpEnv>): Actor {
    const { headers, socket } = c.env.incoming;
    const basic = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(headers.authorization ?? "")?.[1];
    if (basic !== undefined) {
      const text = Buffer.from(basic, "base64").toString("utf8");
      if (adminToken.matches(text.slice(text.indexOf(":") + 1))) return { kind: "admin" };
    } else if (config.mode === "dev" && isFromThisMachine({ remoteAddress: socket.remoteAddress, headers })) {
      return { kind: "dev" };
    }
    throw new Problem(
      "unauthenticated",
      "Give the engine's admin token (DURABLE_ADMIN_TOKEN) as the password; the user name does not matter.",
      { headers: { "www-authenticate": 'Basic realm="Durable", charset="UTF-8"' } },
    );
  }
}

function problemPage(problem: Problem): Html {
  const { title } = PROBLEMS[problem.code];
  return layout({
    title,
    body: html`<h1>${title}</h1><p>${problem.message}</p><p><a href="/">All workspaces</a></p>`,
  });
}

async function answer(
  status: number,
  page: Html,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return new Response(String(await page), {
    status,
    headers: { "content-type": "text/html; charset=utf-8", ...PAGE_HEADERS, ...headers },
  });
}

const COMMON_HEADERS = {
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};
const PAGE_HEADERS = {
  ...COMMON_HEADERS,
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
const FILE_HEADERS = {
  ...COMMON_HEADERS,
  "cache-control": "max-age=300",
  "content-security-policy": "default-src 'none'",
};
