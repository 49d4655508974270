import { actorName } from "../../auth/actor.ts";
import { makeKey } from "../../auth/bearer-key.ts";
import { notFound } from "../../domain/problems.ts";
import { insertKey, listKeys, revokeKey } from "../../store/keys.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { requireNumber } from "./row-number.ts";

export function keyRoutes({
  database,
  knownKeys,
  random,
  workspaceIds,
}: RouteParts): Handlers<"createKey" | "listKeys" | "revokeKey"> {
  return {
    async createKey({ params, body, actor }) {
      const { scope, expires_in_s: expiresInS = null } = body;
      const workspaceId = await workspaceIds.ensure(params.app, params.env);
      const { key, ...made } = makeKey(random, scope);
      const stored = await insertKey(database, workspaceId, actorName(actor!), {
        ...made,
        scope,
        expiresInS,
      });
      return { ...stored, key };
    },

    async listKeys({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const found = await listKeys(database, workspaceId, {
        before: query.cursor ?? null,
        limit: query.limit + 1,
      });
      const keys = found.slice(0, query.limit);
      return { keys, next: found.length > query.limit ? String(keys.at(-1)!.id) : null };
    },

    async revokeKey({ params, actor }) {
      const id = requireNumber(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      if (!(await revokeKey(database, workspaceId, actorName(actor!), id))) throw notFound();
      knownKeys.forgetAll();
      return { id, state: "revoked" };
    },
  };
}
