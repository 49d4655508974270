import { LIMIT_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { AsReceived, Reason, WorkspacePath } from "./shapes.ts";

/** How many of its keys a limit shows. */
export const GATES_SHOWN_MAX = 10;

export const LimitKind = z.enum(["concurrency", "throttle", "singleton"]).openapi("LimitKind");

export const LimitKeyValue = AsReceived.openapi({
  description: "The value of its key that counts together; null for a limit without a key.",
});

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
          key: LimitKeyValue,
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
        reason: Reason,
      })
      .openapi("LimitChange"),
  ),
  answer: z.object({ id: z.string(), set_to: z.number().int().nullable() }).openapi("LimitSet"),
  status: 200,
  problems: ["not-found"],
});
