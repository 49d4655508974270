import { readMigrations } from "../../store/migrate.ts";
import type { Handlers } from "../handlers.ts";
import { unavailable } from "../middleware/render-error.ts";
import { openApiDocument } from "../open-api.ts";
import type { RouteParts } from "../parts.ts";

export function healthRoutes({ database, authority }: RouteParts): Handlers<"health" | "ready" | "openApi"> {
  const newest = readMigrations().length;
  return {
    health: () => Promise.resolve({ status: "up" }),

    async ready() {
      const [row] = await database.sql<{ applied: number }[]>`
        select count(*)::int as applied from durable.migrations`;
      if (row!.applied < newest) {
        throw unavailable(
          `The database has ${row!.applied} of ${newest} migrations. Run \`durable migrate\`.`,
        );
      }
      if (authority?.mayAct() === false) {
        throw unavailable(
          "This engine process did not get its heartbeat through; it registers anew by itself.",
        );
      }
      return { status: "ready" };
    },

    openApi: () => Promise.resolve(openApiDocument()),
  };
}
