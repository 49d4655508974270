import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

/** How many a listing shows. */
export const DEPLOYMENTS_MAX = 100;

const Deployment = z
  .object({
    name: z.string().openapi({ description: "As the app says.", example: "2026-11-25.3" }),
    url: z.string(),
    is_newest: z.boolean().openapi({ description: "New runs start here." }),
    kept_runs: z.number().int().openapi({
      description:
        "Runs under way that go on here: of `pinned` and `drain` functions, and those moved to it.",
    }),
    synced_at: Instant,
    replaced_by: z.string().nullable().openapi({
      description: "What answers at its address now. Nothing is sent to it until it is synced again.",
    }),
    retired_at: Instant.nullable().openapi({ description: "Since when nothing is sent to it." }),
  })
  .openapi("Deployment");

export const listDeployments = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/deployments",
  group: "apps",
  summary: "List the deployments of an app, the one synced last first",
  description: `The last ${DEPLOYMENTS_MAX}. An app that does not say which deployment it is has none.`,
  action: "deployments.read",
  params: WorkspacePath,
  query: NOTHING,
  body: null,
  answer: z.object({ deployments: z.array(Deployment) }).openapi("Deployments"),
  status: 200,
  problems: ["not-found"],
});

export const retireDeployment = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/deployments/{id}/retire",
  group: "apps",
  summary: "Send nothing to a deployment any more",
  description:
    "After one second at most; a call under way is recorded as it is. Runs of `drain` functions go on at the newest, " +
    "`pinned` ones wait until they are moved. A sync of the deployment brings it back.",
  action: "deployments.retire",
  params: WorkspacePath.extend({ id: z.string().openapi({ description: "Its name." }) }),
  query: NOTHING,
  body: jsonBody(NOTHING, { required: false }),
  answer: z.object({ name: z.string(), state: z.literal("retired") }).openapi("DeploymentRetired"),
  status: 200,
  problems: ["not-found", "newest-deployment"],
});
