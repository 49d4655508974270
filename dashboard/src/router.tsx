// Every address there is, and the screen it shows. Each screen is a file of its own, fetched when it is gone to.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { BacklogSearch } from "./screens/backlog/backlog-search.ts";
import { BulkSearch } from "./screens/bulk/bulk-search.ts";
import { BulksSearch } from "./screens/bulks/bulks-search.ts";
import { CompareSearch } from "./screens/compare/compare-search.ts";
import { ErrorSearch } from "./screens/error/error-search.ts";
import { ErrorsSearch } from "./screens/errors/errors-search.ts";
import { EventSearch } from "./screens/event/event-search.ts";
import { EventsSearch } from "./screens/events/events-search.ts";
import { FleetSearch } from "./screens/fleet/fleet-search.ts";
import { FunctionSearch } from "./screens/function/function-search.ts";
import { FunctionsSearch } from "./screens/functions/functions-search.ts";
import { InboxSearch } from "./screens/inbox/inbox-search.ts";
import { LimitsSearch } from "./screens/limits/limits-search.ts";
import { LogsSearch } from "./screens/logs/logs-search.ts";
import { MetricsSearch } from "./screens/metrics/metrics-search.ts";
import { OverviewSearch } from "./screens/overview/overview-search.ts";
import { RunSearch } from "./screens/run/run-search.ts";
import { RunsSearch } from "./screens/runs/runs-search.ts";
import { SchedulesSearch } from "./screens/schedules/schedules-search.ts";
import { SettingsSearch } from "./screens/settings/settings-search.ts";
import { SyncSearch } from "./screens/sync/sync-search.ts";
import { SyncsSearch } from "./screens/syncs/syncs-search.ts";
import { TriggerSearch } from "./screens/trigger/trigger-search.ts";
import { NotFound } from "./shell/not-found.tsx";
import { readSearch } from "./shell/search.ts";
import { WorkspaceShell } from "./shell/workspace-shell.tsx";

const root = createRootRouteWithContext<{ readonly client: QueryClient }>()({ component: Outlet });

const workspaces = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(
    () => import("./screens/workspaces/workspaces-screen.tsx"),
    "WorkspacesScreen",
  ),
});

/** `/r/{id}` and `/e/{id}`, as they stand in logs: whichever workspace that run or event is of. */
const find = (["r", "e"] as const).map((kind) =>
  createRoute({
    getParentRoute: () => root,
    path: `/${kind}/$id`,
    component: lazyRouteComponent(() => import("./screens/find/find-screen.tsx"), "FindScreen"),
  }),
);

const workspace = createRoute({
  getParentRoute: () => root,
  path: "/$app/$env",
  component: WorkspaceShell,
});

const overview = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  validateSearch: readSearch(OverviewSearch),
  component: lazyRouteComponent(() => import("./screens/overview/overview-screen.tsx"), "OverviewScreen"),
});

const runs = createRoute({
  getParentRoute: () => workspace,
  path: "/runs",
  validateSearch: readSearch(RunsSearch),
  component: lazyRouteComponent(() => import("./screens/runs/runs-screen.tsx"), "RunsScreen"),
});

const run = createRoute({
  getParentRoute: () => workspace,
  path: "/runs/$id",
  validateSearch: readSearch(RunSearch),
  component: lazyRouteComponent(() => import("./screens/run/run-screen.tsx"), "RunScreen"),
});

const compare = createRoute({
  getParentRoute: () => workspace,
  path: "/compare",
  validateSearch: readSearch(CompareSearch),
  component: lazyRouteComponent(() => import("./screens/compare/compare-screen.tsx"), "CompareScreen"),
});

const functions = createRoute({
  getParentRoute: () => workspace,
  path: "/functions",
  validateSearch: readSearch(FunctionsSearch),
  component: lazyRouteComponent(() => import("./screens/functions/functions-screen.tsx"), "FunctionsScreen"),
});

const oneFunction = createRoute({
  getParentRoute: () => workspace,
  path: "/functions/$fn",
  validateSearch: readSearch(FunctionSearch),
  component: lazyRouteComponent(() => import("./screens/function/function-screen.tsx"), "FunctionScreen"),
});

const trigger = createRoute({
  getParentRoute: () => workspace,
  path: "/functions/$fn/trigger",
  validateSearch: readSearch(TriggerSearch),
  component: lazyRouteComponent(() => import("./screens/trigger/trigger-screen.tsx"), "TriggerScreen"),
});

const events = createRoute({
  getParentRoute: () => workspace,
  path: "/events",
  validateSearch: readSearch(EventsSearch),
  component: lazyRouteComponent(() => import("./screens/events/events-screen.tsx"), "EventsScreen"),
});

const event = createRoute({
  getParentRoute: () => workspace,
  path: "/events/$id",
  validateSearch: readSearch(EventSearch),
  component: lazyRouteComponent(() => import("./screens/event/event-screen.tsx"), "EventScreen"),
});

const inbox = createRoute({
  getParentRoute: () => workspace,
  path: "/inbox",
  validateSearch: readSearch(InboxSearch),
  component: lazyRouteComponent(() => import("./screens/inbox/inbox-screen.tsx"), "InboxScreen"),
});

const limits = createRoute({
  getParentRoute: () => workspace,
  path: "/limits",
  validateSearch: readSearch(LimitsSearch),
  component: lazyRouteComponent(() => import("./screens/limits/limits-screen.tsx"), "LimitsScreen"),
});

const backlog = createRoute({
  getParentRoute: () => workspace,
  path: "/backlog",
  validateSearch: readSearch(BacklogSearch),
  component: lazyRouteComponent(() => import("./screens/backlog/backlog-screen.tsx"), "BacklogScreen"),
});

const schedules = createRoute({
  getParentRoute: () => workspace,
  path: "/schedules",
  validateSearch: readSearch(SchedulesSearch),
  component: lazyRouteComponent(() => import("./screens/schedules/schedules-screen.tsx"), "SchedulesScreen"),
});

const errors = createRoute({
  getParentRoute: () => workspace,
  path: "/errors",
  validateSearch: readSearch(ErrorsSearch),
  component: lazyRouteComponent(() => import("./screens/errors/errors-screen.tsx"), "ErrorsScreen"),
});

const error = createRoute({
  getParentRoute: () => workspace,
  path: "/errors/$fingerprint",
  validateSearch: readSearch(ErrorSearch),
  component: lazyRouteComponent(() => import("./screens/error/error-screen.tsx"), "ErrorScreen"),
});

const logs = createRoute({
  getParentRoute: () => workspace,
  path: "/logs",
  validateSearch: readSearch(LogsSearch),
  component: lazyRouteComponent(() => import("./screens/logs/logs-screen.tsx"), "LogsScreen"),
});

const metrics = createRoute({
  getParentRoute: () => workspace,
  path: "/metrics",
  validateSearch: readSearch(MetricsSearch),
  component: lazyRouteComponent(() => import("./screens/metrics/metrics-screen.tsx"), "MetricsScreen"),
});

const fleet = createRoute({
  getParentRoute: () => workspace,
  path: "/fleet",
  validateSearch: readSearch(FleetSearch),
  component: lazyRouteComponent(() => import("./screens/fleet/fleet-screen.tsx"), "FleetScreen"),
});

const bulks = createRoute({
  getParentRoute: () => workspace,
  path: "/bulk",
  validateSearch: readSearch(BulksSearch),
  component: lazyRouteComponent(() => import("./screens/bulks/bulks-screen.tsx"), "BulksScreen"),
});

const bulk = createRoute({
  getParentRoute: () => workspace,
  path: "/bulk/$id",
  validateSearch: readSearch(BulkSearch),
  component: lazyRouteComponent(() => import("./screens/bulk/bulk-screen.tsx"), "BulkScreen"),
});

const syncs = createRoute({
  getParentRoute: () => workspace,
  path: "/syncs",
  validateSearch: readSearch(SyncsSearch),
  component: lazyRouteComponent(() => import("./screens/syncs/syncs-screen.tsx"), "SyncsScreen"),
});

const sync = createRoute({
  getParentRoute: () => workspace,
  path: "/syncs/$id",
  validateSearch: readSearch(SyncSearch),
  component: lazyRouteComponent(() => import("./screens/sync/sync-screen.tsx"), "SyncScreen"),
});

const settings = createRoute({
  getParentRoute: () => workspace,
  path: "/settings",
  validateSearch: readSearch(SettingsSearch),
  component: lazyRouteComponent(() => import("./screens/settings/settings-screen.tsx"), "SettingsScreen"),
});

const tree = root.addChildren([
  workspaces,
  ...find,
  workspace.addChildren([
    overview,
    runs,
    run,
    compare,
    functions,
    oneFunction,
    trigger,
    events,
    event,
    inbox,
    limits,
    backlog,
    schedules,
    errors,
    error,
    logs,
    metrics,
    fleet,
    bulks,
    bulk,
    syncs,
    sync,
    settings,
  ]),
]);

export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    scrollRestoration: true,
    defaultNotFoundComponent: NotFound,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
