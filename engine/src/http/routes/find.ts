import { Problem } from "../../domain/problems.ts";
import { findThings } from "../../store/things.ts";
import { FOUND_MAX } from "../contract/find.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function findRoutes({ database }: RouteParts): Handlers<"find"> {
  return {
    async find({ query, actor }) {
      const only = actor !== null && "workspaceId" in actor ? actor.workspaceId : null;
      const found = await findThings(database, only, query.id, FOUND_MAX);
      if (found.length > 0) return { found };
      const where = only === null ? "in any app and environment" : "in the key's app and environment";
      throw new Problem(
        "not-found",
        `No run and no event has this id ${where}. Check the id; what is past its retention is gone.`,
      );
    },
  };
}
