import { actorName } from "../../auth/actor.ts";
import { rerunRun } from "../../runs/rerun-run.ts";
import * as contract from "../contract/reruns.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { decodeRaw } from "./payload.ts";
import { requireRunId } from "./run-id.ts";

export function rerunRoutes(parts: RouteParts): Handlers<"rerunRun"> {
  const { jobReady, workspaceIds } = parts;
  return {
    async rerunRun({ params, query, body, actor }) {
      const runId = requireRunId(params.id);
      const { body: request, raw } = decodeRaw(body, contract.rerunRun.body.schema, ["data", "result"]);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const isPreview = query.preview === "true";
      const rerun = await rerunRun(parts, {
        workspaceId,
        runId,
        actor: actorName(actor!),
        reason: request.reason ?? null,
        from: request.from_step ?? null,
        version: request.version,
        ...raw,
        isPreview,
        item: null,
      });
      if (!isPreview) jobReady();
      return rerun;
    },
  };
}
