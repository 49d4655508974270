import {
  EVENT_BYTES_MAX,
  EXPRESSION_CHARACTERS_MAX,
  ID_CHARACTERS_MAX,
  JITTER_MS_MAX,
} from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { StartedRun } from "./events.ts";
import { payloadBody } from "./functions.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AppName, AsReceived, Instant, Reason, WorkspacePath } from "./shapes.ts";

/** How many of its ticks to come a schedule shows. */
export const NEXT_SHOWN_MAX = 5;

const SchedulePath = WorkspacePath.extend({
  id: z.string().max(ID_CHARACTERS_MAX).openapi({ description: "The schedule's id." }),
});

const CatchUp = z.enum(["none", "last", "all"]).openapi({
  description:
    "Which ticks of a time in which no engine ran are made up for. One that is less than a minute late is in time.",
});
const Overlap = z.enum(["allow", "skip", "queue", "cancel"]).openapi({
  description: "What a tick does while a run of an earlier one is under way.",
});
const Cron = z.string().min(1).max(1_000).openapi({
  description: "Five fields, or six with seconds first.",
  example: "0 9 * * mon-fri",
});
const TimeZone = z.string().min(1).max(100).openapi({ description: "IANA.", example: "Europe/Zurich" });
const If = z.string().min(1).max(EXPRESSION_CHARACTERS_MAX).nullable().openapi({
  description:
    "CEL over the event of a tick, as its run would get it; a tick for which it does not hold leaves a skip. Null: all start runs.",
  example: "timestamp(event.time).getDate('Europe/Zurich') <= 7",
});
const JitterMs = z.number().int().min(0).max(JITTER_MS_MAX).openapi({
  description: "A run begins up to so much after its tick.",
});
const Data = AsReceived.openapi({
  description: `What its runs get as their event's data, any JSON of at most ${EVENT_BYTES_MAX} bytes; null: \`schedule\` and \`tick\`.`,
});

const Schedule = z
  .object({
    id: z.string(),
    function: z.string(),
    cron: Cron,
    tz: TimeZone,
    if: If,
    jitter_ms: JitterMs,
    catch_up: CatchUp,
    overlap: Overlap,
    data: Data,
    declared: z.boolean().openapi({ description: "By code: changed there." }),
    state: z.enum(["active", "paused", "removed", "unserved"]).openapi({
      description:
        "`removed`: code no longer declares it. `unserved`: made by hand, and its function is gone.",
    }),
    next: z.array(Instant).openapi({ description: `Its next ticks, ${NEXT_SHOWN_MAX} at most.` }),
    paused_at: Instant.nullable(),
    last_tick_at: Instant.nullable().openapi({ description: "The last tick that became an event." }),
    last_run: z.string().nullable().openapi({ description: "The last run that a tick started." }),
    created_at: Instant,
  })
  .openapi("Schedule");

const rules = {
  tz: TimeZone.optional(),
  if: If.optional(),
  jitter_ms: JitterMs.optional(),
  catch_up: CatchUp.optional(),
  overlap: Overlap.optional(),
  data: Data.optional(),
};

export const SCHEDULES_PER_PAGE_MAX = 500;

const many = { group: "schedules", params: WorkspacePath } as const;
const one = { group: "schedules", params: SchedulePath, query: NOTHING } as const;

const reason = jsonBody(
  z
    .strictObject({
      reason: Reason,
    })
    .openapi("ScheduleReason"),
  { required: false },
);

export const listSchedules = row({
  ...many,
  method: "get",
  path: "/v1/apps/{app}/{env}/schedules",
  summary: "List schedules, with when they come next, in the order of their ids",
  action: "schedules.read",
  query: z.strictObject({
    function: z.string().max(ID_CHARACTERS_MAX).optional(),
    limit: z.coerce.number<number | string>().int().min(1).max(SCHEDULES_PER_PAGE_MAX).default(100),
    cursor: z
      .string()
      .max(ID_CHARACTERS_MAX)
      .optional()
      .openapi({ description: "`next` of the page before." }),
  }),
  body: null,
  answer: z
    .object({
      schedules: z.array(Schedule),
      next: z
        .string()
        .nullable()
        .openapi({ description: "The cursor of the next page; null on the last one." }),
    })
    .openapi("Schedules"),
  status: 200,
  problems: ["not-found"],
});

export const createSchedule = row({
  ...many,
  method: "post",
  path: "/v1/apps/{app}/{env}/schedules",
  summary: "Create a schedule of a function",
  description:
    "It owes nothing for the time before. Sent again just so, it finds the one there is. It stops when its function is gone.",
  action: "schedules.manage",
  query: NOTHING,
  body: payloadBody(
    z
      .strictObject({
        id: AppName.openapi({ example: "report-acme" }),
        function: z.string(),
        cron: Cron,
        ...rules,
      })
      .openapi("ScheduleToCreate"),
  ),
  answer: Schedule,
  status: 201,
  problems: ["not-found", "schedule-exists", "number-out-of-range"],
});

export const getSchedule = row({
  ...one,
  method: "get",
  path: "/v1/apps/{app}/{env}/schedules/{id}",
  summary: "Get a schedule",
  action: "schedules.read",
  body: null,
  answer: Schedule,
  status: 200,
  problems: ["not-found"],
});

export const changeSchedule = row({
  ...one,
  method: "post",
  path: "/v1/apps/{app}/{env}/schedules/{id}",
  summary: "Change a schedule that was made by hand",
  description:
    "What the body leaves out stays. With another line or zone it owes nothing for the time before.",
  action: "schedules.manage",
  body: payloadBody(z.strictObject({ cron: Cron.optional(), ...rules }).openapi("ScheduleChange")),
  answer: Schedule,
  status: 200,
  problems: ["not-found", "schedule-declared", "number-out-of-range"],
});

export const deleteSchedule = row({
  ...one,
  method: "delete",
  path: "/v1/apps/{app}/{env}/schedules/{id}",
  summary: "Delete a schedule that was made by hand",
  description: "Its runs go on.",
  action: "schedules.manage",
  body: null,
  answer: z.object({ id: z.string(), state: z.literal("deleted") }).openapi("ScheduleDeleted"),
  status: 200,
  problems: ["not-found", "schedule-declared"],
});

export const pauseSchedule = row({
  ...one,
  method: "post",
  path: "/v1/apps/{app}/{env}/schedules/{id}/pause",
  summary: "Let a schedule stand still",
  description: "Over syncs, until somebody resumes it. Its runs go on.",
  action: "schedules.manage",
  body: reason,
  answer: Schedule,
  status: 200,
  problems: ["not-found"],
});

export const resumeSchedule = row({
  ...one,
  method: "post",
  path: "/v1/apps/{app}/{env}/schedules/{id}/resume",
  summary: "Let a paused schedule go on",
  description: "It owes nothing for the time it stood still; a backfill starts what was left out.",
  action: "schedules.manage",
  body: reason,
  answer: Schedule,
  status: 200,
  problems: ["not-found"],
});

export const runSchedule = row({
  ...one,
  method: "post",
  path: "/v1/apps/{app}/{env}/schedules/{id}/run",
  summary: "Start a run of a schedule now",
  description: "Whatever its state. One whose runs may not overlap waits for those under way.",
  action: "schedules.run",
  body: jsonBody(
    z
      .strictObject({
        id: z.string().min(1).max(ID_CHARACTERS_MAX).optional().openapi({
          description: "Unique for this schedule: the same start sent again starts no second run.",
        }),
      })
      .openapi("ScheduleRun"),
    { required: false },
  ),
  answer: StartedRun,
  status: 200,
  problems: ["not-found"],
});

export const backfillSchedule = row({
  ...one,
  method: "post",
  path: "/v1/apps/{app}/{env}/schedules/{id}/backfill",
  summary: "Start the ticks of a time that is over and that started nothing",
  description:
    "By the line and zone it has now, 1,000 ticks at most. A tick that started a run, or was skipped for its `if` or because another run was under way, does not start one again.",
  action: "schedules.run",
  body: jsonBody(
    z
      .strictObject({ from: Instant, to: Instant.openapi({ description: "Included." }) })
      .openapi("ScheduleBackfill"),
  ),
  answer: z
    .object({
      ticks: z.number().int().openapi({ description: "How many there are in that time." }),
      started: z.number().int().openapi({ description: "How many of them have started a run now." }),
    })
    .openapi("ScheduleBackfilled"),
  status: 200,
  problems: ["not-found"],
});
