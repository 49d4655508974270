import { LIMIT_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AsReceived, Instant, RunStatus, WorkspacePath } from "./shapes.ts";

/** How many of its keys a limit shows. */
export const GATES_SHOWN_MAX = 10;

const LimitKind = z.enum(["concurrency", "throttle"]).openapi("LimitKind");

const KeyValue = AsReceived.openapi({
  description: "The value of its key that counts together; null for a limit without a key.",
});

export const GateWait = z
  .object({
    step: z.string().nullable().openapi({
      description: "The planned step that waits, of those of the run the oldest; null for the run itself.",
    }),
    jobs: z
      .number()
      .int()
      .openapi({ description: "Of the run, that wait at limits: itself, or planned steps." }),
    since: Instant,
    limit: z.object({
      id: z.string(),
      name: z.string(),
      kind: LimitKind,
      count: z.number().int().nullable().openapi({ description: "Null: nothing declares it any more." }),
    }),
    key: KeyValue,
    used: z.number().int().openapi({ description: "Places that are taken; 0 at a throttle." }),
    ahead: z.number().int().openapi({ description: "Jobs before it; at least so many where `capped`." }),
    capped: z.boolean(),
    holders: z
      .array(
        z.object({
          run: z.string(),
          since: Instant,
          unit: z
            .enum(["step", "run"])
            .openapi({ description: "What holds the place: one lease, or the whole run." }),
          status: RunStatus,
        }),
      )
      .openapi({ description: "Who has had a place for longest; 10 at most." }),
    waiting_for_it: z.array(z.string()).openapi({
      description:
        "Runs that hold a place there until this run has ended, because they wait for it. When they hold all places, none is ever freed.",
    }),
    opens_at: Instant.nullable().openapi({
      description: "Of a throttle: when the next start is possible.",
    }),
    starts_at: Instant.nullable().openapi({
      description:
        "Of a throttle: when this one is possible if all before it start. Null where it cannot be told.",
    }),
  })
  .openapi("GateWait", { description: "Why a job waits at a limit." });

const Limit = z
  .object({
    id: z.string(),
    name: z.string().openapi({ example: 'concurrency by tenantId of "mail"' }),
    function: z.string().nullable().openapi({ description: "Null: several functions share it." }),
    kind: LimitKind,
    declared: z.number().int().openapi({ description: "By the app's code." }),
    set_to: z.number().int().nullable().openapi({ description: "By a person, instead of what is declared." }),
    count: z.number().int().openapi({
      description: "What holds now: so many at a time, or starts per period, of every value of its key.",
    }),
    period_ms: z.number().nullable(),
    burst: z.number().int().nullable(),
    used: z.number().int().openapi({ description: "Places that are taken, over all its keys." }),
    parked: z.number().int().openapi({ description: "Jobs that wait, over all its keys." }),
    gates: z
      .array(
        z.object({
          key: KeyValue,
          unit: z.enum(["step", "run", "start"]),
          used: z.number().int(),
          parked: z.number().int(),
        }),
      )
      .openapi({
        description: `Its ${GATES_SHOWN_MAX} busiest keys, the one with most waiting jobs first.`,
      }),
  })
  .openapi("Limit");

export const listLimits = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/limits",
  group: "apps",
  summary: "List the limits that functions declare, with who waits at them",
  action: "limits.read",
  params: WorkspacePath,
  query: NOTHING,
  body: null,
  answer: z.object({ limits: z.array(Limit) }).openapi("Limits"),
  status: 200,
  problems: ["not-found"],
});

export const setLimit = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/limits/{id}",
  group: "apps",
  summary: "Set a limit to another number than the app declares, or back",
  description:
    "It holds at once and over syncs, until it is set back or no function declares the limit any more. Lowering takes nothing away from who is in.",
  action: "limits.set",
  params: WorkspacePath.extend({ id: z.string() }),
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        count: z.number().int().min(0).max(LIMIT_MAX).nullable().openapi({
          description: "0 lets nobody in; null goes back to what is declared.",
        }),
        reason: z
          .string()
          .max(1_000)
          .optional()
          .openapi({ description: "Kept in the audit log, for whoever asks later." }),
      })
      .openapi("LimitChange"),
  ),
  answer: z.object({ id: z.string(), set_to: z.number().int().nullable() }).openapi("LimitSet"),
  status: 200,
  problems: ["not-found"],
});
