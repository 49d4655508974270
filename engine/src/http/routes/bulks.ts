import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { newId } from "../../ingest/event-row.ts";
import { filterOf } from "../../runs/find-runs.ts";
import {
  type BulkStored,
  countRuns,
  createBulk,
  listBulkItems,
  listBulks,
  steerBulk,
} from "../../store/bulks.ts";
import { BULK_ITEMS_MAX } from "../contract/bulks.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";
import { runQueryOf } from "./run-filter.ts";
import { requireRunId } from "./run-id.ts";

export function bulkRoutes(
  parts: RouteParts,
): Handlers<"createBulk" | "listBulks" | "getBulk" | "steerBulk"> {
  const { bulkReady, clock, database, workspaceIds } = parts;
  return {
    async createBulk({ params, query, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { action, canary, reason = null } = body;
      const filter = await filterOf(database, workspaceId, runQueryOf(body.filter, clock.epochMs()));
      const { count, newest } = await countRuns(database, workspaceId, filter, BULK_ITEMS_MAX + 1);
      if (count > BULK_ITEMS_MAX) {
        const detail = `meets more than ${BULK_ITEMS_MAX.toLocaleString("en-US")} runs; narrow it, for example by from and to`;
        throw invalid([{ pointer: "/filter", detail }]);
      }
      if (query.preview === "true") return { id: null, count, newest };
      const id = newId(parts);
      const asked = JSON.stringify(body.filter);
      await createBulk(database, {
        ...{ workspaceId, id, action, filter, asked, canary, reason },
        actor: actorName(actor!),
      });
      bulkReady();
      return { id, count, newest };
    },

    async listBulks({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const bulks = await listBulks(database, workspaceId, { id: null, limit: query.limit });
      return { bulks: bulks.map(shown) };
    },

    async getBulk({ params, query }) {
      const id = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const [bulk] = await listBulks(database, workspaceId, { id, limit: 1 });
      if (bulk === undefined) throw notFound();
      const { status = null, after, limit } = query;
      const found = await listBulkItems(database, workspaceId, id, { status, after, limit: limit + 1 });
      const results = found.slice(0, limit);
      return { ...shown(bulk), results, next: found.length > limit ? (results.at(-1)?.no ?? after) : null };
    },

    async steerBulk({ params, body, actor }) {
      const id = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { act, reason = null } = body;
      const { isDone, status } = await steerBulk(database, workspaceId, id, {
        actor: actorName(actor!),
        act,
        reason,
      });
      if (status === null) throw notFound();
      if (!isDone) {
        throw new Problem("bulk-over", `The bulk is ${status}, so there is nothing to ${act}.`);
      }
      bulkReady();
      return { id, status };
    },
  };
}

function shown(bulk: BulkStored) {
  return { ...bulk, filter: new RawJson(bulk.filter) };
}
