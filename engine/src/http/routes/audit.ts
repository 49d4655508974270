import { listDeeds } from "../../store/audit.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function auditRoutes({ database, workspaceIds }: RouteParts): Handlers<"listAudit"> {
  return {
    async listAudit({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const {
        actor = null,
        action = null,
        target = null,
        from = null,
        to = null,
        cursor = null,
        limit,
      } = query;
      const filter = { actor, action, target, from, to, before: cursor, limit: limit + 1 };
      const found = await listDeeds(database, workspaceId, filter);
      const audit = found.slice(0, limit);
      return { audit, next: found.length > limit ? audit.at(-1)!.id : null };
    },
  };
}
