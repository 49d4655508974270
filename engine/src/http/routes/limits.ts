import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { isUuid } from "../../domain/ids.ts";
import { notFound } from "../../domain/problems.ts";
import { listLimits, setLimit } from "../../store/limits.ts";
import { GATES_SHOWN_MAX } from "../contract/limits.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function limitRoutes({
  database,
  jobReady,
  workspaceIds,
}: RouteParts): Handlers<"listLimits" | "setLimit"> {
  return {
    async listLimits({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const limits = await listLimits(database, workspaceId, GATES_SHOWN_MAX);
      return {
        limits: limits.map((limit) => ({
          ...limit,
          gates: limit.gates.map((gate) => ({
            ...gate,
            key: gate.key === null ? null : new RawJson(gate.key),
          })),
        })),
      };
    },

    async setLimit({ params, body, actor }) {
      const { count, reason = null } = body;
      const id = params.id.toLowerCase();
      if (!isUuid(id)) throw notFound();
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const isSet = await setLimit(database, workspaceId, actorName(actor!), { id, count, reason });
      if (!isSet) throw notFound();
      // It may let in who waits.
      jobReady();
      return { id, set_to: count };
    },
  };
}
