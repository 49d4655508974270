import type { Context, Hono } from "hono";
import { authorize } from "../../auth/authorize.ts";
import { notFound } from "../../domain/problems.ts";
import { listInputs } from "../../store/inputs.ts";
import { listRuns, NO_FILTER } from "../../store/runs-listing.ts";
import { loadRun } from "../../store/runs-listing-detail.ts";
import { listSkips } from "../../store/skips.ts";
import { listWorkspaces } from "../../store/workspaces.ts";
import { type Authentication, authenticate } from "../middleware/authenticate.ts";
import { toProblem } from "../middleware/render-error.ts";
import { type HttpEnv, refuseMethod } from "../mount.ts";
import { openApiDocument } from "../open-api.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "../routes/run-id.ts";
import { apiPage } from "./api-page.ts";
import { homePage } from "./home-page.ts";
import type { Html } from "./layout.ts";
import { askerOf, fileAnswer, pageAnswer, problemPage, redirect } from "./page-answer.ts";
import { runPage } from "./run-page.ts";
import { ICON, STYLE } from "./style.ts";

const RUNS_SHOWN = 10;
const SKIPS_SHOWN = 3;
const INPUTS_SHOWN = 10;
const WORKSPACES_SHOWN = 30;

const NO_BODY = () => Promise.resolve(new Uint8Array());

/** Pages for looking: no script, no form, nothing that changes anything. */
export function mountPages(app: Hono<HttpEnv>, parts: RouteParts, authentication: Authentication): void {
  const { clock, database, log, registry, workspaceIds } = parts;

  page("/", async (c) => {
    const workspaces = (await listWorkspaces(database, null)).slice(0, WORKSPACES_SHOWN);
    const shown = [];
    for (const workspace of workspaces) {
      const id = await workspaceIds.require(workspace.app, workspace.environment);
      const runs = await listRuns(database, id, {
        ...NO_FILTER,
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
    const workspaceId = await workspaceIds.require(name, environment);
    const run = await loadRun(database, workspaceId, runId);
    if (run === null) throw notFound();
    const { isProduction } = await registry.of(workspaceId);
    return runPage(run, { app: name, environment, isProduction }, clock.epochMs());
  });

  let docs: Html | null = null;
  app.get("/api/docs", (c) => {
    docs ??= apiPage(openApiDocument());
    return pageAnswer(200, docs, c.get("requestId"));
  });
  file("/page.css", "text/css; charset=utf-8", STYLE);
  file("/icon.svg", "image/svg+xml", ICON);

  function page(path: string, make: (c: Context<HttpEnv>) => Promise<Html>): void {
    app.get(path, async (c) => {
      try {
        const actor = await authenticate(authentication, askerOf(c), null, NO_BODY);
        authorize(actor, "pages.read", { workspace: null, runId: null });
        return await pageAnswer(200, await make(c), c.get("requestId"));
      } catch (error) {
        const problem = toProblem(error, log, c.get("requestId"));
        if (problem.code === "unauthenticated")
          return redirect(`/login?next=${encodeURIComponent(c.req.path)}`);
        return await pageAnswer(problem.status, problemPage(problem), c.get("requestId"), problem.headers);
      }
    });
    app.all(path, () => refuseMethod(["GET", "HEAD"]));
  }

  function file(path: string, contentType: string, text: string): void {
    app.get(path, () => fileAnswer(contentType, text));
  }
}
