import { actorName } from "../../auth/actor.ts";
import { listPartitions, setRetention, showRetention } from "../../store/retention.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

/** A year of them, at the width for a month. */
const PARTITIONS_MAX = 60;

export function retentionRoutes(parts: RouteParts): Handlers<"getRetention" | "setRetention"> {
  const { database, retentionChanged, workspaceIds } = parts;
  return {
    async getRetention({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const partitions = await listPartitions(database, PARTITIONS_MAX);
      return { ...(await showRetention(database, workspaceId)), partitions };
    },

    async setRetention({ params, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { days, reason = null } = body;
      const before = await setRetention(database, workspaceId, actorName(actor!), days, reason);
      retentionChanged();
      return { days, before };
    },
  };
}
