import { listSkips } from "../../store/skips.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function skipRoutes({ database, workspaceIds }: RouteParts): Handlers<"listSkips"> {
  return {
    async listSkips({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const found = await listSkips(database, workspaceId, {
        eventId: query.event ?? null,
        functionId: query.function ?? null,
        before: query.cursor ?? null,
        limit: query.limit + 1,
      });
      const skips = found.slice(0, query.limit);
      return { skips, next: found.length > query.limit ? skips.at(-1)!.id : null };
    },
  };
}
