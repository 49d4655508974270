import { expositionType, writeExposition } from "../../observability/exposition.ts";
import { engineFamilies, workspaceFamilies } from "../../runs/show-scrape.ts";
import {
  scrapeEngines,
  scrapeFunctions,
  scrapeLimits,
  scrapePhases,
  scrapeWorkspaces,
} from "../../store/scrape.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function scrapeRoutes({ database, processMetrics }: RouteParts): Handlers<"scrapeMetrics"> {
  return {
    async scrapeMetrics({ actor, header }) {
      const whose = actor !== null && "workspaceId" in actor ? actor.workspaceId : null;
      const [functions, phases, workspaces, limits, engines] = await Promise.all([
        scrapeFunctions(database, whose),
        scrapePhases(database, whose),
        scrapeWorkspaces(database, whose),
        scrapeLimits(database, whose),
        // What the installation has is not for a key of one workspace.
        whose === null ? scrapeEngines(database) : null,
      ]);
      const ofEngine = engines === null ? [] : [...engineFamilies(engines), ...processMetrics()];
      const families = [...workspaceFamilies(functions, phases, workspaces, limits), ...ofEngine];
      return writeExposition(families, expositionType(header("accept")));
    },
  };
}
