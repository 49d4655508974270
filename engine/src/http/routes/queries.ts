import { queryRun } from "../../execution/query-run.ts";
import { showCalled } from "../../runs/show-run.ts";
import * as contract from "../contract/queries.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { decodePayload, requireSignedFor } from "./payload.ts";
import { requireRunId } from "./run-id.ts";

export function queryRoutes(parts: RouteParts): Handlers<"queryRun"> {
  const { workspaceIds } = parts;
  return {
    async queryRun({ params, body, actor }) {
      const { app, env, id, name } = params;
      const { body: request, payload } = decodePayload(body, contract.queryRun.body.schema, "input");
      requireSignedFor(
        actor,
        request.path,
        `/v1/apps/${app}/${env}/runs/${id}/query/${encodeURIComponent(name)}`,
      );
      const runId = requireRunId(id);
      const workspaceId = await workspaceIds.require(app, env);
      return showCalled(await queryRun(parts, { workspaceId, runId, name, input: payload }));
    },
  };
}
