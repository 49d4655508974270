import { actorName } from "../../auth/actor.ts";
import { notFound } from "../../domain/problems.ts";
import * as store from "../../store/callers.ts";
import { CALLERS_MAX } from "../contract/callers.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";

export function callerRoutes({
  database,
  registry,
  workspaceIds,
}: RouteParts): Handlers<"listCallers" | "allowCaller" | "removeCaller"> {
  return {
    async listCallers({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { callers: await store.listCallers(database, workspaceId) };
    },

    async allowCaller({ params, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { functions = ["*"], reason = null } = body ?? {};
      const { caller: app } = params;
      const others = await store.listCallers(database, workspaceId);
      if (others.length >= CALLERS_MAX && !others.some((other) => other.app === app)) {
        const detail = `is one too many: an app has up to ${CALLERS_MAX} callers`;
        throw invalid([{ pointer: "/caller", detail }]);
      }
      await store.allowCaller(database, workspaceId, { app, functions, reason, actor: actorName(actor!) });
      registry.forget(workspaceId);
      const [made] = await store.listCallers(database, workspaceId, app);
      // Somebody else has taken it away again.
      if (made === undefined) throw notFound();
      return made;
    },

    async removeCaller({ params, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      if (!(await store.removeCaller(database, workspaceId, params.caller, actorName(actor!))))
        throw notFound();
      registry.forget(workspaceId);
      return { app: params.caller, state: "removed" };
    },
  };
}
