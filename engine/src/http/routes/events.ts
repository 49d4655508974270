import { HEADER_TRACEPARENT, RawJson } from "@durable/protocol/wire";
import type { Actor } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { parseTraceparent } from "../../domain/trace-context.ts";
import type { StartedRun } from "../../ingest/accept-events.ts";
import { showListed, showResult } from "../../runs/show-run.ts";
import { showSkip } from "../../runs/show-skip.ts";
import { faultPoint } from "../../runtime/fault-points.ts";
import { loadEvent } from "../../store/events.ts";
import { listRuns, NO_FILTER } from "../../store/runs-listing.ts";
import { listSkips } from "../../store/skips.ts";
import { OF_EVENT_MAX } from "../contract/event.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { decodeEvents } from "./decode-events.ts";

export function eventRoutes({
  acceptEvents,
  database,
  runResults,
  workspaceIds,
  config,
}: RouteParts): Handlers<"sendEvents" | "getEvent"> {
  return {
    async getEvent({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const event = await loadEvent(database, workspaceId, params.id);
      if (event === null) throw notFound();
      const { own_id: eventId, data, ...shown } = event;
      const all = { before: null, limit: OF_EVENT_MAX };
      const [runs, skips] = await Promise.all([
        listRuns(database, workspaceId, { ...NO_FILTER, ...all, eventId }),
        listSkips(database, workspaceId, { ...all, functionId: null, reason: null, eventId: params.id }),
      ]);
      return { ...shown, data: new RawJson(data), runs: runs.map(showListed), skips: skips.map(showSkip) };
    },

    async sendEvents({ body, contentType, query, actor, signal, header }) {
      const events = decodeEvents(body, contentType, parseTraceparent(header(HEADER_TRACEPARENT)));
      const workspaceId = await workspaceOf(actor, query.app, query.env);
      if (events.length === 0) return { ids: [], runs: [] };
      const result = await acceptEvents.accept(workspaceId, events);
      await faultPoint("ingest.before-ack");
      if (result.state === "accepted") {
        const { ids, runs } = result;
        if (query.wait === 0) return { ids, runs };
        return { ids, runs: await whenEnded(workspaceId, runs, query.wait * 1000, signal()) };
      }
      throw new Problem(
        "idempotency-conflict",
        `Nothing was stored: ${listed(result.ids)} already ${result.ids.length === 1 ? "names" : "name"} another ` +
          "event. An event sent again must be the same to the byte; another event needs another id.",
        {
          errors: result.ids.slice(0, SHOWN_MAX).map((id) => ({ pointer: "", detail: `id ${id} is taken` })),
        },
      );
    },
  };

  function whenEnded(workspaceId: number, runs: readonly StartedRun[], waitMs: number, hungUp: AbortSignal) {
    return Promise.all(
      runs.map(async (started) => {
        const state = await runResults.read({ workspaceId, runId: started.run }, waitMs, hungUp);
        return state === null ? started : { ...started, ...showResult(state) };
      }),
    );
  }

  async function workspaceOf(
    actor: Actor | null,
    app: string | undefined,
    env: string | undefined,
  ): Promise<number> {
    if (actor !== null && "workspaceId" in actor) return actor.workspaceId;
    const isDev = config.mode === "dev";
    const environment = env ?? (isDev ? "dev" : undefined);
    if (app === undefined || environment === undefined) {
      throw new Problem(
        "validation",
        isDev
          ? "Say whose event it is: ?app=NAME (and &env=NAME, if it is not dev)."
          : "Say whose event it is: ?app=NAME&env=NAME, or send with an event key, which names them.",
        { errors: [{ pointer: app === undefined ? "?app" : "?env", detail: "is missing" }] },
      );
    }
    // In dev a workspace begins with its first use. In production it begins with a sync, so that a typing error
    // does not swallow events.
    return isDev ? workspaceIds.ensure(app, environment) : workspaceIds.require(app, environment);
  }
}

const SHOWN_MAX = 20;

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, SHOWN_MAX).join(", ");
  return ids.length > SHOWN_MAX ? `${shown} and ${ids.length - SHOWN_MAX} more` : shown;
}
