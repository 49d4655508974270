import { listEngines } from "../../store/fleet.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function fleetRoutes({ database }: RouteParts): Handlers<"getFleet"> {
  return {
    async getFleet() {
      return { engines: await listEngines(database) };
    },
  };
}
