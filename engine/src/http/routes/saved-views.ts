import { actorName } from "../../auth/actor.ts";
import { notFound } from "../../domain/problems.ts";
import { newId } from "../../ingest/event-row.ts";
import * as store from "../../store/saved-views.ts";
import { VIEWS_MAX } from "../contract/saved-views.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";
import { requireRunId } from "./run-id.ts";

export function savedViewRoutes(parts: RouteParts): Handlers<"listViews" | "saveView" | "deleteView"> {
  const { database, workspaceIds } = parts;
  return {
    async listViews({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const views = await store.listViews(database, workspaceId, { id: null, limit: VIEWS_MAX });
      return { views: views.map(shown) };
    },

    async saveView({ params, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { screen, name, search } = body;
      const view = {
        id: newId(parts),
        screen,
        name,
        search: JSON.stringify(search),
        actor: actorName(actor!),
      };
      const id = await store.saveView(database, workspaceId, view, VIEWS_MAX);
      if (id === null) {
        const detail = `is one too many: a workspace has up to ${VIEWS_MAX} views; delete one that nobody needs`;
        throw invalid([{ pointer: "/name", detail }]);
      }
      const [saved] = await store.listViews(database, workspaceId, { id, limit: 1 });
      // Somebody may have deleted it since.
      if (saved === undefined) throw notFound();
      return shown(saved);
    },

    async deleteView({ params, actor }) {
      const id = requireRunId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      if (!(await store.deleteView(database, workspaceId, id, actorName(actor!)))) throw notFound();
      return { id, state: "deleted" };
    },
  };
}

function shown({ search, ...view }: store.ViewStored) {
  return { ...view, search: JSON.parse(search) as Record<string, string | number | boolean> };
}
