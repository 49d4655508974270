import { actorName } from "../../auth/actor.ts";
import { runSkip } from "../../runs/run-skip.ts";
import { showSkip } from "../../runs/show-skip.ts";
import { listSkips } from "../../store/skips.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function skipRoutes(parts: RouteParts): Handlers<"listSkips" | "runSkip"> {
  const { database, workspaceIds } = parts;
  return {
    async runSkip({ params, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const started = await runSkip(parts, { workspaceId, skipId: params.id, actor: actorName(actor!) });
      parts.jobReady();
      return started;
    },

    async listSkips({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const found = await listSkips(database, workspaceId, {
        eventId: query.event ?? null,
        functionId: query.function ?? null,
        reason: query.reason ?? null,
        before: query.cursor ?? null,
        limit: query.limit + 1,
      });
      const skips = found.slice(0, query.limit).map(showSkip);
      return { skips, next: found.length > query.limit ? skips.at(-1)!.id : null };
    },
  };
}
