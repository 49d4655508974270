import { NO_STEP } from "../../domain/ids.ts";
import { exportRuns } from "../../store/export.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";

export function exportRoutes({ database, workspaceIds }: RouteParts): Handlers<"exportRuns"> {
  return {
    async exportRuns({ params, query }) {
      const { path, value, cursor = NO_STEP, limit } = query;
      const owner = path === undefined || value === undefined ? null : { path: path.split("."), value };
      if (owner !== null && !isScalar(owner.value)) {
        const detail = 'must be a JSON scalar, such as 42 or "u_42" with its quotes';
        throw invalid([{ pointer: "/value", detail }]);
      }
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return await exportRuns(database, workspaceId, { owner, after: cursor, limit });
    },
  };
}

function isScalar(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return value === null || typeof value !== "object";
  } catch {
    return false;
  }
}
