import { actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { listDeployments, retireDeployment } from "../../store/deployments.ts";
import { DEPLOYMENTS_MAX } from "../contract/deployments.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function deploymentRoutes({
  database,
  registry,
  workspaceIds,
}: RouteParts): Handlers<"listDeployments" | "retireDeployment"> {
  return {
    async listDeployments({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { deployments: await listDeployments(database, workspaceId, DEPLOYMENTS_MAX) };
    },

    async retireDeployment({ params, actor }) {
      const name = params.id;
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const state = await retireDeployment(database, workspaceId, actorName(actor!), name);
      if (state === null) throw notFound();
      if (state === "newest") {
        throw new Problem(
          "newest-deployment",
          `New runs start on ${JSON.stringify(name)}. Sync the deployment that takes over, then retire this one.`,
        );
      }
      registry.forget(workspaceId);
      return { name, state: "retired" };
    },
  };
}
