import { type EventPlace, listEvents } from "../../store/events-listing.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function eventListRoutes({ database, workspaceIds }: RouteParts): Handlers<"listEvents"> {
  return {
    async listEvents({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { name = null, from = null, to = null, cursor, limit } = query;
      const before = cursor === undefined ? null : placeOf(cursor);
      const found = await listEvents(database, workspaceId, { name, from, to, before, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        events: page.map(({ own_id, at_us, ...event }) => event),
        next: found.length > limit ? `${last!.at_us}.${last!.own_id}` : null,
      };
    },
  };
}

function placeOf(cursor: string): EventPlace {
  const [atUs, id] = cursor.split(".") as [string, string];
  return { atUs, id };
}
