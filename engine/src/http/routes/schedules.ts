import { RawJson } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { notFound } from "../../domain/problems.ts";
import { lineOf, type ScheduleRules } from "../../domain/schedule.ts";
import { ticksAfter } from "../../domain/ticks.ts";
import { makeSchedule, removeSchedule, requireSchedule, reviseSchedule } from "../../runs/change-schedule.ts";
import { backfillSchedule, runSchedule } from "../../runs/run-schedule.ts";
import { listSchedules, pauseSchedule, type ScheduleStored } from "../../store/schedules.ts";
import * as contract from "../contract/schedules.ts";
import type { Handlers } from "../handlers.ts";
import type { RouteParts } from "../parts.ts";
import { decodePayload } from "./payload.ts";

type Operations =
  | "listSchedules"
  | "createSchedule"
  | "getSchedule"
  | "changeSchedule"
  | "deleteSchedule"
  | "pauseSchedule"
  | "resumeSchedule"
  | "runSchedule"
  | "backfillSchedule";

export function scheduleRoutes(parts: RouteParts): Handlers<Operations> {
  const { database, workspaceIds } = parts;

  async function find({ app, env, id }: { readonly app: string; readonly env: string; readonly id: string }) {
    return await requireSchedule(database, await workspaceIds.require(app, env), id);
  }

  async function setPaused(
    params: Parameters<typeof find>[0],
    actor: string,
    isPaused: boolean,
    reason: string | null,
  ) {
    const workspaceId = await workspaceIds.require(params.app, params.env);
    const { id } = params;
    if (!(await pauseSchedule(database, workspaceId, actor, { id, isPaused, reason }))) throw notFound();
    return shown(await find(params));
  }

  return {
    async listSchedules({ params, query }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const found = await listSchedules(database, workspaceId, {
        id: null,
        functionId: query.function ?? null,
        after: query.cursor ?? null,
        limit: query.limit + 1,
      });
      const schedules = found.slice(0, query.limit);
      return {
        schedules: schedules.map(shown),
        next: found.length > query.limit ? schedules.at(-1)!.id : null,
      };
    },

    async createSchedule({ params, body, actor }) {
      const { body: request, payload } = decodePayload(body, contract.createSchedule.body.schema, "data");
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { id, function: functionId, cron } = request;
      const rules = { ...DEFAULTS, ...rulesOf(request, payload), cron };
      await makeSchedule(parts, actorName(actor!), { workspaceId, id, functionId, ...rules });
      return shown(await find({ ...params, id }));
    },

    async getSchedule({ params }) {
      return shown(await find(params));
    },

    async changeSchedule({ params, body, actor }) {
      const { body: request, payload } = decodePayload(body, contract.changeSchedule.body.schema, "data");
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { id } = params;
      await reviseSchedule(parts, actorName(actor!), { workspaceId, id }, rulesOf(request, payload));
      return shown(await find(params));
    },

    async deleteSchedule({ params, actor }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const { id } = params;
      await removeSchedule(database, actorName(actor!), { workspaceId, id });
      return { id, state: "deleted" };
    },

    pauseSchedule({ params, body, actor }) {
      return setPaused(params, actorName(actor!), true, body?.reason ?? null);
    },

    resumeSchedule({ params, body, actor }) {
      return setPaused(params, actorName(actor!), false, body?.reason ?? null);
    },

    async runSchedule({ params, body }) {
      return await runSchedule(parts, await find(params), body?.id ?? null);
    },

    async backfillSchedule({ params, body }) {
      return await backfillSchedule(parts, await find(params), Date.parse(body.from), Date.parse(body.to));
    },
  };
}

const DEFAULTS = {
  tz: "UTC",
  condition: null,
  jitterMs: 0,
  catchUp: "last",
  overlap: "allow",
  data: null,
} as const;

interface RulesSent {
  readonly cron?: string | undefined;
  readonly tz?: string | undefined;
  readonly if?: string | null | undefined;
  readonly jitter_ms?: number | undefined;
  readonly catch_up?: ScheduleRules["catchUp"] | undefined;
  readonly overlap?: ScheduleRules["overlap"] | undefined;
  readonly data?: unknown;
}

/** What was sent, and nothing else. */
function rulesOf(
  { cron, tz, if: condition, jitter_ms, catch_up, overlap, data }: RulesSent,
  payload: string,
): Partial<ScheduleRules> {
  return {
    ...(cron !== undefined && { cron: cron.trim().split(/\s+/).join(" ") }),
    ...(tz !== undefined && { tz }),
    ...(condition !== undefined && { condition }),
    ...(jitter_ms !== undefined && { jitterMs: jitter_ms }),
    ...(catch_up !== undefined && { catchUp: catch_up }),
    ...(overlap !== undefined && { overlap }),
    ...(data !== undefined && { data: payload === "null" ? null : payload }),
  };
}

function shown(schedule: ScheduleStored) {
  const { nowMs, handledToMs, state } = schedule;
  const next: string[] = [];
  if (state === "active") {
    for (const tick of ticksAfter(lineOf(schedule), Math.max(nowMs, handledToMs))) {
      if (next.push(new Date(tick).toISOString()) === contract.NEXT_SHOWN_MAX) break;
    }
  }
  return {
    id: schedule.id,
    function: schedule.functionId,
    cron: schedule.cron,
    tz: schedule.tz,
    if: schedule.condition,
    jitter_ms: schedule.jitterMs,
    catch_up: schedule.catchUp,
    overlap: schedule.overlap,
    data: schedule.data === null ? null : new RawJson(schedule.data),
    declared: schedule.isDeclared,
    state,
    next,
    paused_at: schedule.pausedAt,
    last_tick_at: schedule.lastTickAt,
    last_run: schedule.lastRunId,
    created_at: schedule.createdAt,
  };
}
