import { historyOf } from "../../domain/history.ts";
import { notFound } from "../../domain/problems.ts";
import { showHistory } from "../../runs/show-history.ts";
import { loadHistoryTexts } from "../../store/history-texts.ts";
import { loadRecorded } from "../../store/recorded-runs.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

export function historyRoutes({ database, workspaceIds }: RouteParts): Handlers<"getRunHistory"> {
  return {
    async getRunHistory({ params, query, signal }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const ref = { workspaceId, runId };
      const run = await loadRecorded(database, ref, { signal: signal() });
      if (run === null) throw notFound();
      const { order, cursor, limit } = query;
      const all = historyOf(run);
      const isAsc = order === "asc";
      const from = isAsc ? (cursor ?? 0) : Math.max(0, (cursor ?? all.length + 1) - 1 - limit);
      const to = isAsc ? from + limit : (cursor ?? all.length + 1) - 1;
      const page = all.slice(from, to);
      const stepIds = [...new Set(page.flatMap(({ stepId }) => (stepId === null ? [] : [stepId])))];
      const hasLogs = query.logs === "true";
      const texts = await loadHistoryTexts(database, ref, stepIds, hasLogs);
      const entries = showHistory(isAsc ? page : page.reverse(), run.entries, texts, hasLogs);
      const isLast = isAsc ? to >= all.length : from === 0;
      return {
        entries,
        total: all.length,
        next: isLast || entries.length === 0 ? null : entries.at(-1)!.seq,
      };
    },
  };
}
