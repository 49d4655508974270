import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/authorize.ts";
import { type Change, listFunctions } from "../../registry/manifest-store.ts";
import { syncApp } from "../../registry/sync-app.ts";
import { listWorkspaces } from "../../store/workspaces.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function appRoutes(parts: RouteParts): Handlers<"syncApp" | "listApps" | "listFunctions"> {
  const { database, workspaceIds, log } = parts;
  return {
    async syncApp({ params, body, actor }) {
      const { app, env } = params;
      const isOperator = actor!.kind !== "app";
      const workspaceId = await (isOperator ? workspaceIds.ensure(app, env) : workspaceIds.require(app, env));
      const { url, manifest, functions } = await syncApp(parts, {
        workspaceId,
        url: body.url,
        actor: actorName(actor!),
        mayMove: isOperator,
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

    async listApps() {
      return { apps: await listWorkspaces(database) };
    },

    async listFunctions({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const functions = await listFunctions(database, workspaceId);
      return { functions: functions.map((fn) => ({ ...fn, manifest: new RawJson(fn.manifest) })) };
    },
  };
}
