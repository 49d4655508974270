import { z } from "@hono/zod-openapi";
import { row } from "./row.ts";
import { Instant, orNull, WorkspacePath } from "./shapes.ts";

export const POINTS_MAX = 1_500;

const Percentiles = z
  .object({
    count: z.number().int(),
    p50: z.number(),
    p95: z.number(),
    p99: z.number(),
  })
  .openapi("Percentiles", { description: "Milliseconds, at most 19 % too high." });

const Counts = z.object({
  started: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  failed_attempts: z.number().int().openapi({
    description:
      "Of runs that ended then: tries of their steps, or of the function, that failed, brought no answer or were lost.",
  }),
  phases: z
    .object({
      total: orNull(Percentiles),
      limit: orNull(Percentiles),
      queue: orNull(Percentiles),
      network: orNull(Percentiles),
      app: orNull(Percentiles),
    })
    .openapi("PhasePercentiles", {
      description:
        "Of runs that ended then. `total`: from its beginning to its end. `limit`: what those stood at limits that did. `queue`, `network`, `app`: of the last dispatch.",
    }),
});

export const getMetrics = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/metrics",
  group: "runs",
  summary: "How many runs started and ended, how long they took, and the backlog, by the minute",
  description: "Kept for 30 days. The last seconds may be missing: see `read_to`.",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    from: Instant.optional().openapi({ description: "An hour ago where it is not said." }),
    to: Instant.optional().openapi({ description: "Not included; now where it is not said." }),
    step: z.coerce
      .number<number | string>()
      .int()
      .min(60)
      .max(86_400)
      .multipleOf(60)
      .default(60)
      .openapi({ description: `Seconds. There are ${POINTS_MAX} steps at most.` }),
    function: z
      .string()
      .max(200)
      .optional()
      .openapi({ description: "Only of this function; not the backlog." }),
  }),
  body: null,
  answer: z
    .object({
      step: z.number().int(),
      read_to: Instant,
      lost_at: Instant.nullable().openapi({
        description:
          "When something was found to be missing, because no engine had counted it for half a day.",
      }),
      points: z.array(Counts.extend({ at: Instant }).openapi("MetricPoint")).openapi({
        description: "Those of steps in which nothing happened are left out.",
      }),
      functions: z
        .array(Counts.extend({ function: z.string() }).openapi("FunctionMetrics"))
        .openapi({ description: "Of the whole time; the one with the most starts first." }),
      backlog: z.array(
        z
          .object({
            at: Instant,
            queued: z.number().int(),
            parked: z
              .number()
              .int()
              .openapi({ description: "Jobs that stand at a limit or are held by a pause." }),
            running: z.number().int(),
            waiting: z.number().int(),
            paused: z.number().int(),
            oldest_queued_ms: z.number().nullable(),
            circuit: z.enum(["closed", "open", "limited"]),
          })
          .openapi("Backlog", { description: "Counted once a minute; of each step the last." }),
      ),
      function_backlog: z
        .array(
          z
            .object({
              function: z.string(),
              queued: z
                .number()
                .int()
                .openapi({ description: "With those that stand at a limit or are held by a pause." }),
              running: z.number().int(),
              oldest_queued_ms: z.number().nullable(),
            })
            .openapi("FunctionBacklog"),
        )
        .openapi({
          description:
            "Whose runs are queued and running, as counted within the last minute, whatever time is asked for; the longest queue first. " +
            "Of 100,000 runs of all workspaces together at most.",
        }),
    })
    .openapi("Metrics"),
  status: 200,
  problems: ["not-found"],
});
