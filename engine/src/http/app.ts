import { Hono } from "hono";
import { AdminToken } from "../auth/admin-token.ts";
import { Problem } from "../domain/problems.ts";
import { DirectLine } from "../runs/direct-line.ts";
import type { EndedRuns } from "../runs/ended-runs.ts";
import { RunResults } from "../runs/run-results.ts";
import { problemAnswer } from "./answer.ts";
import type { Handlers } from "./handlers.ts";
import { EventKeys } from "./middleware/event-keys.ts";
import { toProblem } from "./middleware/render-error.ts";
import { type HttpEnv, mountTable } from "./mount.ts";
import { mountPages } from "./pages/mount-pages.ts";
import type { HttpParts, RouteParts } from "./parts.ts";
import { appRoutes } from "./routes/apps.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { dispatchRoutes } from "./routes/dispatches.ts";
import { eventRoutes } from "./routes/events.ts";
import { functionRoutes } from "./routes/functions.ts";
import { healthRoutes } from "./routes/health.ts";
import { inputRoutes } from "./routes/inputs.ts";
import { keyRoutes } from "./routes/keys.ts";
import { limitRoutes } from "./routes/limits.ts";
import { logRoutes } from "./routes/logs.ts";
import { pauseRoutes } from "./routes/pauses.ts";
import { queryRoutes } from "./routes/queries.ts";
import { runRoutes } from "./routes/runs.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { signalRoutes } from "./routes/signals.ts";
import { skipRoutes } from "./routes/skips.ts";
import { WorkspaceIds } from "./workspace-ids.ts";

/** The doors of the engine, each named once. */
export function createApp(parts: HttpParts, endedRuns: EndedRuns): Hono<HttpEnv> {
  const { database, clock, config, log, random, registry } = parts;
  const workspaceIds = new WorkspaceIds(database);
  const eventKeys = new EventKeys(database, clock);
  const runResults = new RunResults({ database, endedRuns, isHeld: parts.isHeld });
  const directLine = new DirectLine(parts);
  const routeParts: RouteParts = { ...parts, workspaceIds, eventKeys, endedRuns, runResults, directLine };
  const handlers: Handlers = {
    ...eventRoutes(routeParts),
    ...skipRoutes(routeParts),
    ...logRoutes(routeParts),
    ...signalRoutes(routeParts),
    ...functionRoutes(routeParts),
    ...appRoutes(routeParts),
    ...deploymentRoutes(routeParts),
    ...limitRoutes(routeParts),
    ...pauseRoutes(routeParts),
    ...scheduleRoutes(routeParts),
    ...runRoutes(routeParts),
    ...inputRoutes(routeParts),
    ...dispatchRoutes(routeParts),
    ...queryRoutes(routeParts),
    ...keyRoutes(routeParts),
    ...healthRoutes(routeParts),
  };

  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set("requestId", random.uuid());
    await next();
  });
  mountTable(app, handlers, {
    registry,
    clock,
    isDev: config.mode === "dev",
    adminToken: new AdminToken(config.adminToken),
    eventKeys,
    workspaceIds,
  });
  mountPages(app, routeParts);
  app.notFound((c) => problemAnswer(noSuchPath(), c.get("requestId")));
  app.onError((error, c) => problemAnswer(toProblem(error, log, c.get("requestId")), c.get("requestId")));
  return app;
}

function noSuchPath(): Problem {
  return new Problem("not-found", "The engine has no such path. GET /v1/openapi.json lists all it has.");
}
