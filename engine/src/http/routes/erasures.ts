import { actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { newId } from "../../ingest/event-row.ts";
import { abortErasure, beginErasure, type ErasureStored, listErasures } from "../../store/erasures.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

export function erasureRoutes(
  parts: RouteParts,
): Handlers<"eraseOwner" | "abortErasure" | "listErasures" | "getErasure"> {
  const { database, eraseReady, workspaceIds } = parts;
  const find = async (workspaceId: number, id: string) => {
    const [erasure] = await listErasures(database, workspaceId, { id, limit: 1 });
    if (erasure === undefined) throw notFound();
    return shown(erasure);
  };
  return {
    async eraseOwner({ params, query, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { path, value, live, reason = null } = body;
      const id = newId(parts);
      await beginErasure(database, {
        ...{ workspaceId, id, reason },
        owner: { path: path.split("."), value: JSON.stringify(value) },
        cancels: live === "cancel",
        isPreview: query.preview === "true",
        actor: actorName(actor!),
      });
      eraseReady();
      return await find(workspaceId, id);
    },

    async abortErasure({ params, body, actor }) {
      const id = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { reason = null } = body;
      const status = await abortErasure(database, { workspaceId, id, actor: actorName(actor!), reason });
      if (status === null) throw notFound();
      if (status !== "aborted")
        throw new Problem(
          "erasure-begun",
          status === "erasing"
            ? "It has begun to delete, and what is gone is gone: it goes on to its end."
            : `It is over: ${status}.`,
        );
      return await find(workspaceId, id);
    },

    async listErasures({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const erasures = await listErasures(database, workspaceId, { id: null, limit: query.limit });
      return { erasures: erasures.map(shown) };
    },

    async getErasure({ params }) {
      const id = requireRunId(params.id);
      return await find(await workspaceIds.require(params.app, params.env), id);
    },
  };
}

function shown({ cancels, found_runs, found_live, found_events, runs, events, ...erasure }: ErasureStored) {
  return {
    ...erasure,
    live: cancels ? ("cancel" as const) : ("refuse" as const),
    found: { runs: found_runs, live: found_live, events: found_events },
    erased: { runs, events },
  };
}
