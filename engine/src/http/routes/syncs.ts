import { RawJson } from "@durable/protocol/wire";
import { notFound, PROBLEMS, type ProblemCode } from "../../domain/problems.ts";
import { listSyncs, loadManifests, type SyncStored } from "../../store/syncs.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { requireNumber } from "./row-number.ts";

export function syncRoutes({ database, workspaceIds }: RouteParts): Handlers<"listSyncs" | "getSync"> {
  return {
    async listSyncs({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { outcome = null, cursor: before = null, limit } = query;
      const found = await listSyncs(database, workspaceId, { outcome, id: null, before, limit: limit + 1 });
      const syncs = found.slice(0, limit).map(shown);
      return { syncs, next: found.length > limit ? syncs.at(-1)!.id : null };
    },

    async getSync({ params }) {
      const id = requireNumber(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const [sync] = await listSyncs(database, workspaceId, { outcome: null, id, before: null, limit: 1 });
      if (sync === undefined) throw notFound();
      const manifests = await loadManifests(database, workspaceId, sync.functions);
      return {
        ...shown(sync),
        functions: sync.functions.map((fn, at) => ({
          ...fn,
          old: jsonOf(manifests[at]!.old),
          new: jsonOf(manifests[at]!.new),
        })),
      };
    },
  };
}

function shown({ actor, code, detail, ...sync }: SyncStored) {
  return { ...sync, by: actor, problem: code === null ? null : problemOf(code, detail!) };
}

/** What to do about it is told as this version knows it. One that it no longer has was said by an older one. */
function problemOf(code: string, detail: string) {
  const { title, fix } = PROBLEMS[code as ProblemCode] ?? { title: code, fix: "Sync again." };
  return { code, title, detail, fix };
}

function jsonOf(manifest: string | null): RawJson | null {
  return manifest === null ? null : new RawJson(manifest);
}
