import { z } from "@hono/zod-openapi";
import { PHASES } from "../../domain/phase.ts";
import { ATTEMPT_OUTCOMES } from "../../domain/recorded-run.ts";
import { SPAN_KINDS } from "../../domain/span.ts";
import { row } from "./row.ts";
import { AsReceived, Instant, OtherApp, orNull, RunPath, RunStatus } from "./shapes.ts";

const LimitNamed = z
  .object({ id: z.string(), name: z.string(), kind: z.string(), key: AsReceived })
  .openapi("LimitNamed", { description: "Which limit, and the value of its key." });

const PhaseName = z.enum(PHASES).openapi("PhaseName", {
  description:
    "`app`: the app has it, by its own clock. `network`: sent, without the app's figure. `engine`: decided and written. " +
    "`queue`: ready, no free slot. `limit`: parked at a limit. `retry`: the pause after a failed attempt. `child`: an invoked run. " +
    "`wait`: an event, a signal or a person. `sleep`. `begin`: born asleep. `paused`. `lost`: its engine died, and that was not " +
    "noticed yet. `idle`: nothing that was recorded says.",
});

const PhaseInterval = z
  .object({
    phase: PhaseName,
    start: Instant,
    end: Instant,
    ms: z.number().openapi({ description: "Finer than its instants." }),
    limit: orNull(LimitNamed),
  })
  .openapi("Phase");

const RunTime = z
  .object({
    ms: z.number().openapi({ description: "From its creation to its end, or until now." }),
    app_ms: z.number().openapi({ description: "Of these, in which the app's code had it." }),
    durable_ms: z.number().openapi({ description: "The rest: what the engine did, kept and waited for." }),
    sums: z.array(z.object({ phase: PhaseName, limit: orNull(LimitNamed), ms: z.number() })).openapi({
      description: "How long in each phase, and at each limit; the longest first. They add up to `ms`.",
    }),
    phases: z
      .array(PhaseInterval)
      .nullable()
      .openapi({ description: "One after the other without a gap; null where there are more than 2,000." }),
  })
  .openapi("RunTime", {
    description:
      "The run's time, every moment in exactly one phase: of several that go on at once, the first in the order app, network, " +
      "engine, queue, limit, retry, child, wait, sleep, begin, paused, lost.",
  });

const Span = z
  .object({
    id: z.string(),
    parent: z.string().nullable().openapi({
      description:
        "The span that it is part of: an attempt of its step, a step of its branch or group. Null: of the run itself.",
    }),
    kind: z.enum(SPAN_KINDS),
    name: z.string().nullable(),
    status: z
      .enum([
        "ok",
        "err",
        "pending",
        "retrying",
        "cancelled",
        ...ATTEMPT_OUTCOMES.filter((each) => each !== "ok"),
      ])
      .nullable()
      .openapi({
        description: "Of a step, or of an attempt. `turn`: a call of the app that brought nothing new.",
      }),
    attempt: z.number().int().nullable(),
    start: Instant,
    end: Instant.nullable().openapi({ description: "Null while it goes on." }),
    app_ms: z.number().nullable(),
    phases: z.array(PhaseInterval),
    limit: orNull(LimitNamed),
    run: z.string().nullable().openapi({ description: "The run that it started." }),
    app: OtherApp,
  })
  .openapi("Span");

export const SPAN_STEPS_PER_PAGE_MAX = 500;

export const getRunTrace = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/trace",
  group: "runs",
  summary: "Where the time of a run went",
  description:
    "The run's time as a partition, and its steps as spans with the phases that were recorded for them: each step is followed by its " +
    "attempts. Pages go from either end; `next` of a page is the `cursor` of the one after it in the same order.",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({
    order: z.enum(["asc", "desc"]).default("asc"),
    cursor: z
      .string()
      .regex(/^[0-9]{1,17}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      .optional()
      .openapi({ description: "`next` of the page before." }),
    limit: z.coerce.number<number | string>().int().min(1).max(SPAN_STEPS_PER_PAGE_MAX).default(200).openapi({
      description: "Steps, and calls that left none; their attempts come with them.",
    }),
    time: z.enum(["true", "false"]).optional().openapi({
      description:
        "Whether the partition is wanted. It is left out of all pages but the first unless asked for: it reads the whole run.",
    }),
  }),
  body: null,
  answer: z
    .object({
      run: z.object({
        id: z.string(),
        function: z.string(),
        status: RunStatus,
        start: Instant,
        end: Instant.nullable(),
      }),
      time: orNull(RunTime),
      spans: z.array(Span),
      next: z.string().nullable().openapi({ description: "Null on the last page." }),
    })
    .openapi("RunTrace"),
  status: 200,
  problems: ["not-found"],
});
