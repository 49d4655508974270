import { formatInstant } from "@durable/protocol/wire";
import { notFound } from "../../domain/problems.ts";
import { showRunTime, showSpans } from "../../runs/show-trace.ts";
import { loadRecorded, type TraceKey } from "../../store/recorded-runs.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

export function traceRoutes({ database, workspaceIds }: RouteParts): Handlers<"getRunTrace"> {
  return {
    async getRunTrace({ params, query, signal }) {
      const runId = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { order, limit, cursor } = query;
      const ref = { workspaceId, runId };
      const page = { order, after: keyOf(cursor), limit: limit + 1 };
      const hungUp = signal();
      const found = await loadRecorded(database, ref, { page, signal: hungUp });
      if (found === null) throw notFound();
      const isTimed = query.time === undefined ? cursor === undefined : query.time === "true";
      // A run that is on one page has been read whole.
      const isWhole = cursor === undefined && found.page!.length <= limit;
      const whole = !isTimed ? null : isWhole ? found : await loadRecorded(database, ref, { signal: hungUp });
      const shown = found.page!.slice(0, limit);
      return {
        run: {
          id: runId,
          function: found.functionId,
          status: found.status,
          start: formatInstant(found.createdMs),
          end: found.endedMs === null ? null : formatInstant(found.endedMs),
        },
        time: whole === null ? null : showRunTime(whole),
        spans: showSpans(
          found,
          shown.map(({ id }) => id),
        ),
        next: found.page!.length > limit ? cursorOf(shown.at(-1)!.key) : null,
      };
    },
  };
}

function cursorOf({ atUs, id }: TraceKey): string {
  return `${atUs}-${id}`;
}

function keyOf(cursor: string | undefined): TraceKey | null {
  if (cursor === undefined) return null;
  const dash = cursor.indexOf("-");
  return { atUs: cursor.slice(0, dash), id: cursor.slice(dash + 1) };
}
