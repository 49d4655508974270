import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { isUuid } from "../../domain/ids.ts";
import { notFound } from "../../domain/problems.ts";
import {
  interruptPaused,
  isThere,
  listPauses,
  type PauseTarget,
  pauseTarget,
  resumeTarget,
} from "../../store/pauses.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function pauseRoutes({
  database,
  jobReady,
  registry,
  workspaceIds,
}: RouteParts): Handlers<"listPauses" | "pauseTarget" | "resumePause"> {
  return {
    async listPauses({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const pauses = await listPauses(database, workspaceId);
      return {
        pauses: pauses.map((pause) => ({
          ...pause,
          key: pause.key === null ? null : new RawJson(pause.key),
        })),
      };
    },

    async pauseTarget({ params, body, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const target = targetOf(body);
      if (!(await isThere(database, workspaceId, target))) throw notFound();
      const { reason = null } = body;
      const { id, isNew } = await pauseTarget(database, workspaceId, actorName(actor!), target, reason);
      registry.forget(workspaceId);
      return { id, new: isNew, interrupted: await interruptPaused(database, workspaceId, id) };
    },

    async resumePause({ params, body, actor }) {
      const id = params.id.toLowerCase();
      if (!isUuid(id)) throw notFound();
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const isDone = await resumeTarget(database, workspaceId, actorName(actor!), id, body?.reason ?? null);
      if (!isDone) throw notFound();
      registry.forget(workspaceId);
      jobReady();
      return { id };
    },
  };
}

function targetOf(body: {
  readonly function?: string | undefined;
  readonly tenant?: unknown;
  readonly limit?: string | undefined;
  readonly key?: unknown;
}): PauseTarget {
  if (body.limit !== undefined) {
    const limitId = body.limit.toLowerCase();
    if (!isUuid(limitId)) throw notFound();
    return { kind: "key", limitId, key: JSON.stringify(body.key) };
  }
  if (body.function === undefined) return { kind: "workspace" };
  return body.tenant === undefined
    ? { kind: "function", functionId: body.function }
    : { kind: "tenant", functionId: body.function, key: JSON.stringify(body.tenant) };
}
