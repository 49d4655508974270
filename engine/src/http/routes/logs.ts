import { RawJson } from "@durable/protocol/wire";
import { notFound } from "../../domain/problems.ts";
import { type LogLevel, type LogLineStored, listLogHistory, listLogs } from "../../store/logs.ts";
import { loadRunStates } from "../../store/run-states.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

const FROM: Record<LogLevel, readonly LogLevel[] | null> = {
  debug: null,
  info: ["info", "warn", "error"],
  warn: ["warn", "error"],
  error: ["error"],
};

export function logRoutes({ database, workspaceIds }: RouteParts): Handlers<"listRunLogs" | "listLogs"> {
  return {
    async listRunLogs({ params, query }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const found = await listLogs(database, workspaceId, runId, {
        after: query.after ?? null,
        levels: query.level === undefined ? null : FROM[query.level],
        step: query.step ?? null,
        limit: query.limit + 1,
      });
      if (found.length === 0) {
        const [run] = await loadRunStates(database, [{ workspaceId, runId }]);
        if (run === null) throw notFound();
      }
      const logs = found.slice(0, query.limit).map(showLine);
      return { logs, next: found.length > query.limit ? logs.at(-1)!.id : null };
    },

    async listLogs({ params, query, signal }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const {
        before = null,
        after = null,
        level,
        function: functionId = null,
        q: text = null,
        limit,
      } = query;
      const levels = level === undefined ? null : FROM[level];
      const filter = { before, after, levels, functionId, text, limit };
      const { lines, next } = await listLogHistory(database, workspaceId, filter, signal());
      return { logs: lines.map(showLine), next };
    },
  };
}

function showLine(line: LogLineStored) {
  return { ...line, data: line.data === null ? null : new RawJson(line.data) };
}
