import { linkOptions } from "@tanstack/react-router";
import { useMemo } from "react";
import type { Target } from "./target.ts";
import { useWorkspace } from "./workspace.ts";

/** Where things of a workspace are, as targets of links. */
export function targetsOf(workspace: { readonly app: string; readonly env: string }) {
  const { app, env } = workspace;
  const here = { app, env };
  return {
    overview: linkOptions({ to: "/$app/$env", params: here }),
    runs: (q?: string) =>
      linkOptions({ to: "/$app/$env/runs", params: here, search: q === undefined ? {} : { q } }),
    run: (id: string) => linkOptions({ to: "/$app/$env/runs/$id", params: { ...here, id } }),
    functions: linkOptions({ to: "/$app/$env/functions", params: here }),
    fn: (fn: string) => linkOptions({ to: "/$app/$env/functions/$fn", params: { ...here, fn } }),
    trigger: (fn: string) => linkOptions({ to: "/$app/$env/functions/$fn/trigger", params: { ...here, fn } }),
    events: linkOptions({ to: "/$app/$env/events", params: here }),
    event: (id: string) => linkOptions({ to: "/$app/$env/events/$id", params: { ...here, id } }),
    inbox: linkOptions({ to: "/$app/$env/inbox", params: here }),
    limits: linkOptions({ to: "/$app/$env/limits", params: here }),
    backlog: linkOptions({ to: "/$app/$env/backlog", params: here }),
    schedules: linkOptions({ to: "/$app/$env/schedules", params: here }),
    errors: linkOptions({ to: "/$app/$env/errors", params: here }),
    error: (fingerprint: string) =>
      linkOptions({ to: "/$app/$env/errors/$fingerprint", params: { ...here, fingerprint } }),
    logs: linkOptions({ to: "/$app/$env/logs", params: here }),
    metrics: linkOptions({ to: "/$app/$env/metrics", params: here }),
    fleet: linkOptions({ to: "/$app/$env/fleet", params: here }),
    syncs: linkOptions({ to: "/$app/$env/syncs", params: here }),
    sync: (id: string) => linkOptions({ to: "/$app/$env/syncs/$id", params: { ...here, id } }),
    bulks: linkOptions({ to: "/$app/$env/bulk", params: here }),
    bulk: (id: string) => linkOptions({ to: "/$app/$env/bulk/$id", params: { ...here, id } }),
    settings: linkOptions({ to: "/$app/$env/settings", params: here }),
  } satisfies Record<string, Target | ((id: string) => Target)>;
}

export type Targets = ReturnType<typeof targetsOf>;

export function useTargets(): Targets {
  const { app, env } = useWorkspace();
  return useMemo(() => targetsOf({ app, env }), [app, env]);
}
