import { RawJson } from "@durable/protocol/wire";
import { jsonOrText } from "../../domain/json-or-text.ts";
import { listShapes } from "../../runs/list-shapes.ts";
import type { ShapeKeyListed } from "../../store/shape-keys.ts";
import { KEYS_SHOWN_MAX } from "../contract/limit-shapes.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";

export function shapeRoutes(parts: RouteParts): Handlers<"listShapes"> {
  return {
    async listShapes({ params, query }) {
      const workspaceId = await parts.workspaceIds.require(params.app, params.env);
      const { shapes, isPartial } = await listShapes(parts, workspaceId, {
        functionId: query.function ?? null,
        key: query.key === undefined ? null : JSON.stringify(jsonOrText(query.key)),
        keysMax: KEYS_SHOWN_MAX,
      });
      return {
        shapes: shapes.map(({ functionId, kind, name, declared, keys }) => ({
          function: functionId,
          kind,
          name,
          declared,
          keys: keys.map(shown),
        })),
        partial: isPartial,
      };
    },
  };
}

function shown({ key, run, until, events, bytes, starts, nextStartAt, at }: ShapeKeyListed) {
  return {
    key: key === null ? null : new RawJson(key),
    run,
    until,
    events,
    bytes,
    starts,
    next_start_at: nextStartAt,
    at,
  };
}
