import { showMetrics } from "../../runs/show-metrics.ts";
import {
  loadBacklogs,
  loadCounts,
  loadFunctionBacklogs,
  loadPhases,
  metricsReadTo,
} from "../../store/metrics.ts";
import { POINTS_MAX } from "../contract/metrics.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";

const HOUR_MS = 3_600_000;

export function metricRoutes({ clock, database, workspaceIds }: RouteParts): Handlers<"getMetrics"> {
  return {
    async getMetrics({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const toMs = query.to === undefined ? clock.epochMs() : Date.parse(query.to);
      const fromMs = query.from === undefined ? toMs - HOUR_MS : Date.parse(query.from);
      const stepMs = query.step * 1_000;
      if ((toMs - fromMs) / stepMs > POINTS_MAX)
        throw invalid([
          { pointer: "?step", detail: `makes more than ${POINTS_MAX} steps of that time; raise it` },
        ]);
      const range = { fromMs, toMs, stepMs, functionId: query.function ?? null };
      const [counts, phases, backlogs, function_backlog, read] = await Promise.all([
        loadCounts(database, workspaceId, range),
        loadPhases(database, workspaceId, range),
        loadBacklogs(database, workspaceId, range),
        loadFunctionBacklogs(database, workspaceId, range.functionId),
        metricsReadTo(database),
      ]);
      return { step: query.step, ...read, ...showMetrics(counts, phases, backlogs), function_backlog };
    },
  };
}
