import { z } from "@hono/zod-openapi";
import { InputKind } from "./inputs.ts";
import { LimitKeyValue, LimitKind } from "./limits.ts";
import { PauseShown } from "./pauses.ts";
import { AsReceived, Instant, OtherApp, orNull, RunStatus } from "./shapes.ts";

const GateWait = z
  .object({
    limit: z.object({
      id: z.string(),
      name: z.string(),
      kind: LimitKind,
      count: z.number().int().nullable().openapi({ description: "Null: nothing declares it any more." }),
    }),
    key: LimitKeyValue,
    used: z.number().int().openapi({ description: "Places that are taken; 0 at a throttle." }),
    position: z.number().int().openapi({
      description: "In the queue of this key: 1 is next; at least this where `capped`.",
    }),
    capped: z.boolean(),
    pace_ms: z.number().nullable().openapi({
      description:
        "Milliseconds from one start to the next: of a throttle as declared, else as measured of late while jobs waited.",
    }),
    opens_at: Instant.nullable().openapi({
      description: "Of a throttle: when the next start is possible.",
    }),
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
  })
  .openapi("GateWait", { description: "What a job finds at the limit that holds it back." });

export const Wait = z
  .object({
    kind: z
      .enum([
        "concurrency",
        "throttle",
        "singleton",
        "held",
        "circuit",
        "slot",
        "paused",
        "begin",
        "retry",
        "step",
        "child",
        "input",
        "event",
        "signal",
        "sleep",
      ])
      .openapi({
        description:
          "`concurrency`, `throttle`, `singleton`: a limit. `held`: a person has paused it, with others. `circuit`: its endpoint is down or busy. `slot`: it is ready, and no engine " +
          "has a free slot. `begin`: it was born to begin later. `retry`: the next try of a step, of the function, or of a call. `step`: the app is called for a planned step.",
      }),
    step: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: "Which of its steps waits; null for the run itself." }),
    since: Instant.nullable(),
    until: Instant.nullable().openapi({
      description: "When it is over at the latest: end of a sleep, next try, timeout.",
    }),
    starts_at: Instant.nullable().openapi({
      description: "When it goes on, as far as can be told. At a concurrency: at the pace of late.",
    }),
    starts_unknown: z
      .enum(["closed", "never", "far", "unmeasured", "stalled", "outside"])
      .nullable()
      .openapi({
        description:
          "Why that cannot be told. `closed`: the limit is 0. `never`: all places are held by runs that wait for this one. " +
          "`far`: more are before it than are counted. `unmeasured`: no two places were freed while jobs waited. " +
          "`stalled`: none was freed for ten times as long as usual. `outside`: it is not the engine's to decide.",
      }),
    jobs: z.number().int().openapi({
      description: "Of the run, that wait at limits: itself, or planned steps. `step` is the oldest.",
    }),
    gate: orNull(GateWait, "Of `concurrency`, `throttle` and `singleton`."),
    pause: orNull(PauseShown, "Of `held`."),
    circuit: z
      .object({
        state: z.enum(["open", "limited"]),
        since: Instant,
        next_probe_at: Instant,
        last_error: z.string(),
      })
      .nullable(),
    attempt: z.number().int().nullable().openapi({ description: "Of `retry`: the number of the next try." }),
    child: z.object({ run: z.string(), app: OtherApp, function: z.string(), status: RunStatus }).nullable(),
    input: z.object({ id: z.string(), kind: InputKind, assignee: z.string().nullable() }).nullable(),
    events: z
      .array(z.object({ event: z.string(), match: AsReceived }))
      .nullable()
      .openapi({ description: "Of `event` and `signal`: those that have not come." }),
  })
  .openapi("Wait", {
    description: "Why a run does not go on: of several things the one that people can do most about.",
  });
