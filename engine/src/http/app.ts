import { Hono } from "hono";
import { AdminToken } from "../auth/admin-token.ts";
import { Problem } from "../domain/problems.ts";
import { DirectLine } from "../runs/direct-line.ts";
import type { EndedRuns } from "../runs/ended-runs.ts";
import { RunResults } from "../runs/run-results.ts";
import type { Streams } from "../streams/streams.ts";
import { problemAnswer } from "./answer.ts";
import { mountDashboard } from "./dashboard/mount-dashboard.ts";
import type { Handlers } from "./handlers.ts";
import { KnownKeys } from "./middleware/known-keys.ts";
import { toProblem } from "./middleware/render-error.ts";
import { type HttpEnv, mountTable } from "./mount.ts";
import { mountLogin } from "./pages/mount-login.ts";
import { mountPages } from "./pages/mount-pages.ts";
import type { HttpParts, RouteParts } from "./parts.ts";
import { alertRoutes } from "./routes/alerts.ts";
import { appRoutes } from "./routes/apps.ts";
import { auditRoutes } from "./routes/audit.ts";
import { bulkRoutes } from "./routes/bulks.ts";
import { callerRoutes } from "./routes/callers.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { dispatchRoutes } from "./routes/dispatches.ts";
import { erasureRoutes } from "./routes/erasures.ts";
import { errorRoutes } from "./routes/errors.ts";
import { eventListRoutes } from "./routes/event-list.ts";
import { eventRoutes } from "./routes/events.ts";
import { exportRoutes } from "./routes/export.ts";
import { findRoutes } from "./routes/find.ts";
import { fleetRoutes } from "./routes/fleet.ts";
import { functionRoutes } from "./routes/functions.ts";
import { healthRoutes } from "./routes/health.ts";
import { historyRoutes } from "./routes/history.ts";
import { inputRoutes } from "./routes/inputs.ts";
import { keyRoutes } from "./routes/keys.ts";
import { shapeRoutes } from "./routes/limit-shapes.ts";
import { limitRoutes } from "./routes/limits.ts";
import { logRoutes } from "./routes/logs.ts";
import { meRoutes } from "./routes/me.ts";
import { metricRoutes } from "./routes/metrics.ts";
import { pauseRoutes } from "./routes/pauses.ts";
import { queryRoutes } from "./routes/queries.ts";
import { repairRoutes } from "./routes/repairs.ts";
import { rerunRoutes } from "./routes/reruns.ts";
import { retentionRoutes } from "./routes/retention.ts";
import { runTokenRoutes } from "./routes/run-tokens.ts";
import { runRoutes } from "./routes/runs.ts";
import { savedViewRoutes } from "./routes/saved-views.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { scrapeRoutes } from "./routes/scrape.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { signalRoutes } from "./routes/signals.ts";
import { skipRoutes } from "./routes/skips.ts";
import { streamRoutes } from "./routes/streams.ts";
import { syncRoutes } from "./routes/syncs.ts";
import { traceRoutes } from "./routes/trace.ts";
import { webhookRoutes } from "./routes/webhooks.ts";
import { WorkspaceIds } from "./workspace-ids.ts";

/** The doors of the engine, each named once. */
export function createApp(parts: HttpParts, endedRuns: EndedRuns, streams: Streams): Hono<HttpEnv> {
  const { database, clock, config, log, random, registry } = parts;
  const workspaceIds = new WorkspaceIds(database);
  const knownKeys = new KnownKeys(database, clock, log);
  const runResults = new RunResults({ database, endedRuns, isHeld: parts.isHeld });
  const directLine = new DirectLine(parts);
  const routeParts: RouteParts = {
    ...parts,
    workspaceIds,
    knownKeys,
    endedRuns,
    runResults,
    directLine,
    streams,
  };
  const handlers: Handlers = {
    ...eventRoutes(routeParts),
    ...eventListRoutes(routeParts),
    ...skipRoutes(routeParts),
    ...historyRoutes(routeParts),
    ...logRoutes(routeParts),
    ...traceRoutes(routeParts),
    ...signalRoutes(routeParts),
    ...functionRoutes(routeParts),
    ...appRoutes(routeParts),
    ...syncRoutes(routeParts),
    ...retentionRoutes(routeParts),
    ...exportRoutes(routeParts),
    ...savedViewRoutes(routeParts),
    ...alertRoutes(routeParts),
    ...webhookRoutes(routeParts),
    ...callerRoutes(routeParts),
    ...erasureRoutes(routeParts),
    ...auditRoutes(routeParts),
    ...deploymentRoutes(routeParts),
    ...limitRoutes(routeParts),
    ...shapeRoutes(routeParts),
    ...pauseRoutes(routeParts),
    ...scheduleRoutes(routeParts),
    ...findRoutes(routeParts),
    ...runRoutes(routeParts),
    ...streamRoutes(routeParts),
    ...runTokenRoutes(routeParts),
    ...rerunRoutes(routeParts),
    ...repairRoutes(routeParts),
    ...bulkRoutes(routeParts),
    ...errorRoutes(routeParts),
    ...metricRoutes(routeParts),
    ...inputRoutes(routeParts),
    ...dispatchRoutes(routeParts),
    ...queryRoutes(routeParts),
    ...meRoutes(routeParts),
    ...keyRoutes(routeParts),
    ...secretRoutes(routeParts),
    ...fleetRoutes(routeParts),
    ...scrapeRoutes(routeParts),
    ...healthRoutes(routeParts),
  };

  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set("requestId", random.uuid());
    await next();
  });
  const authentication = {
    registry,
    clock,
    database,
    log,
    isDev: config.mode === "dev",
    adminToken: new AdminToken(config.adminToken),
    metricsToken: new AdminToken(config.metricsToken ?? null),
    engineKeys: parts.engineKeys,
    knownKeys,
    workspaceIds,
  };
  mountTable(app, handlers, authentication);
  mountLogin(app, authentication);
  mountPages(app);
  mountDashboard(app, authentication);
  app.notFound((c) => problemAnswer(noSuchPath(), c.get("requestId")));
  app.onError((error, c) => {
    const requestId = c.get("requestId");
    const problem = toProblem(error, log, requestId);
    log.debug({ requestId, code: problem.code }, "a request was refused");
    return problemAnswer(problem, requestId);
  });
  return app;
}

function noSuchPath(): Problem {
  return new Problem("not-found", "The engine has no such path. GET /v1/openapi.json lists all it has.");
}
