import { RawJson } from "@durable/protocol/wire";
import { type Actor, actorName } from "../../auth/actor.ts";
import { notFound } from "../../domain/problems.ts";
import { type Change, listFunctions, listFunctionVersions } from "../../registry/manifest-store.ts";
import { syncApp } from "../../registry/sync-app.ts";
import { listWorkspaces, markWorkspace } from "../../store/workspaces.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function appRoutes(
  parts: RouteParts,
): Handlers<"syncApp" | "listApps" | "markWorkspace" | "listFunctions" | "getFunction"> {
  const { database, registry, workspaceIds, log } = parts;
  return {
    async syncApp({ params, body, actor }) {
      const { app, env } = params;
      const workspaceId = await (actor!.kind === "app"
        ? workspaceIds.require(app, env)
        : workspaceIds.ensure(app, env));
      const { url, manifest, functions } = await syncApp(parts, {
        workspaceId,
        url: body.url,
        actor: actorName(actor!),
        mayMove: mayMove(actor!),
      });
      const those = (wanted: Change) =>
        functions.filter(({ change }) => change === wanted).map(({ id, version }) => ({ id, version }));
      const changes = {
        added: those("added"),
        changed: those("changed"),
        removed: those("removed"),
        unchanged: those("unchanged"),
      };
      log.info({ app, environment: env, url, functions: functions.length }, "an app was synced");
      return { app, environment: env, url, sdk: manifest.sdk, ...changes };
    },

    async listApps({ actor }) {
      const only = actor !== null && "workspaceId" in actor ? actor.workspaceId : null;
      return { apps: await listWorkspaces(database, only) };
    },

    async markWorkspace({ params, body, actor }) {
      const { production, reason = null } = body;
      const workspaceId = await workspaceIds.require(params.app, params.env);
      await markWorkspace(database, workspaceId, actorName(actor!), production, reason);
      registry.forget(workspaceId);
      return { app: params.app, environment: params.env, production };
    },

    async listFunctions({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const functions = await listFunctions(database, workspaceId);
      return { functions: functions.map((fn) => ({ ...fn, manifest: new RawJson(fn.manifest) })) };
    },

    async getFunction({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const [fn] = await listFunctions(database, workspaceId, params.fn);
      if (fn === undefined) throw notFound();
      const versions = await listFunctionVersions(database, workspaceId, params.fn);
      return {
        ...fn,
        manifest: new RawJson(fn.manifest),
        versions: versions.map((each) => ({ ...each, manifest: new RawJson(each.manifest) })),
      };
    },
  };
}

/** Whoever says where an app answers is sent all its data: not what an app, or a key that only works with runs, may say. */
function mayMove(actor: Actor): boolean {
  return (
    actor.kind === "admin" || actor.kind === "dev" || (actor.kind === "api-key" && actor.scope === "admin")
  );
}
