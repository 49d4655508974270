import { HEADER_TRACEPARENT } from "@durable/protocol/wire";
import { parseTraceparent } from "../../domain/trace-context.ts";
import { callFunction } from "../../runs/call-function.ts";
import { showCalled, showResult } from "../../runs/show-run.ts";
import { startRun } from "../../runs/start-run.ts";
import * as contract from "../contract/functions.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { decodePayload, requireSignedFor } from "./payload.ts";
import { requireBegin } from "./require-begin.ts";

export function functionRoutes(parts: RouteParts): Handlers<"triggerFunction" | "callFunction"> {
  const { workspaceIds, runResults } = parts;
  return {
    async triggerFunction({ params, query, body, actor, signal, header }) {
      const { app, env, fn } = params;
      const { body: request, payload } = decodePayload(body, contract.triggerFunction.body.schema, "data");
      requireSignedFor(actor, request.path, `/v1/apps/${app}/${env}/functions/${fn}/trigger`);
      const workspaceId = await workspaceIds.require(app, env);
      const started = await startRun(parts, {
        workspaceId,
        functionId: fn,
        data: payload,
        id: request.id ?? null,
        begin: requireBegin(request),
        tags: request.tags,
        traceparent: parseTraceparent(header(HEADER_TRACEPARENT)),
      });
      if (query.wait === 0) return started;
      const asked = { workspaceId, runId: started.run };
      const state = await runResults.read(asked, query.wait * 1000, signal());
      return state === null ? started : { ...started, ...showResult(state) };
    },

    async callFunction({ params, body, actor, header }) {
      const { app, env, fn } = params;
      const { body: request, payload } = decodePayload(body, contract.callFunction.body.schema, "input");
      requireSignedFor(actor, request.path, `/v1/apps/${app}/${env}/functions/${fn}/call`);
      const workspaceId = await workspaceIds.require(app, env);
      const traceparent = parseTraceparent(header(HEADER_TRACEPARENT));
      const call = { workspaceId, functionId: fn, input: payload, traceparent };
      return showCalled(await callFunction(parts, call));
    },
  };
}
