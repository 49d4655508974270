import { actorName } from "../../auth/actor.ts";
import { repairRun } from "../../runs/repair-run.ts";
import * as contract from "../contract/repairs.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { decodeRaw } from "./payload.ts";
import { requireRunId } from "./run-id.ts";

export function repairRoutes({ database, jobReady, workspaceIds }: RouteParts): Handlers<"repairRun"> {
  return {
    async repairRun({ params, query, body, actor }) {
      const runId = requireRunId(params.id);
      const { body: request, raw } = decodeRaw(body, contract.repairRun.body.schema, ["value"]);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const isPreview = query.preview === "true";
      const { action, step, occurrence, key = null, reason = null, at: asked } = request;
      const { stepId, status, before, at } = await repairRun(database, {
        ...{ workspaceId, runId, action, key, reason, isPreview },
        actor: actorName(actor!),
        step: { step, occurrence },
        value: raw.value,
        atMs: asked === undefined ? null : Date.parse(asked),
        goesOn: !request.stay,
      });
      if (!isPreview) jobReady();
      return {
        id: runId,
        step: stepId,
        action,
        preview: isPreview,
        status: status!,
        before,
        at,
        undo: before === null ? null : { action: "wake" as const, at: before },
      };
    },
  };
}
