import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { SKIP_REASONS } from "../../store/event-rows.ts";
import { NOTHING, row } from "./row.ts";
import { AsReceived, Instant, WorkspacePath } from "./shapes.ts";

export const Skip = z
  .object({
    id: z.string(),
    function: z.string(),
    event: z.object({ id: z.string(), name: z.string() }),
    reason: z.enum(SKIP_REASONS).openapi({
      description:
        "`filtered`: no `if` of its triggers holds. `schema`: the event's data does not fit the function's input. " +
        "`expression`: the trigger's `if` could not be evaluated for it. `cancel-on`: the function's `cancelOn` could " +
        "not be applied to a run. `limit`: the key or the units of one of the function's limits, its priority or fairness could not be told for it. " +
        "`duplicate`: its idempotency key has started a run. `rate-limited`: until a time. `debounced`, `batched`: it went " +
        "into another run. `singleton`: another run had not ended. `paused`: the function is. " +
        "`overlap`: a run of the schedule was under way. `missed`: ticks of a schedule that came when nobody could start them.",
    }),
    detail: z.string().openapi({ description: "What was wrong, as a sentence." }),
    run: z.string().nullable().openapi({ description: "The run it went into, or that stood in its way." }),
    facts: AsReceived.openapi({
      description: "The values that decided it, such as a key, or what an `if` looked at.",
    }),
    started_run: z.string().nullable().openapi({ description: "The run that a person made of it." }),
    at: Instant,
  })
  .openapi("Skip");

export const SKIPS_PER_PAGE_MAX = 200;

export const listSkips = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/skips",
  group: "events",
  summary: "List the runs that events did not start, and why, newest first",
  action: "events.read",
  params: WorkspacePath,
  query: z.strictObject({
    event: z.string().max(ID_CHARACTERS_MAX).optional().openapi({ description: "Only of this event's id." }),
    function: z.string().max(ID_CHARACTERS_MAX).optional(),
    reason: z.enum(SKIP_REASONS).optional(),
    limit: z.coerce.number<number | string>().int().min(1).max(SKIPS_PER_PAGE_MAX).default(50),
    cursor: z.uuid().optional().openapi({ description: "`next` of the page before." }),
  }),
  body: null,
  answer: z
    .object({
      skips: z.array(Skip),
      next: z
        .string()
        .nullable()
        .openapi({ description: "The cursor of the next page; null on the last one." }),
    })
    .openapi("Skips"),
  status: 200,
  problems: ["not-found"],
});

export const runSkip = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/skips/{id}/run",
  group: "events",
  summary: "Run the function anyway for an event that started no run of it",
  description:
    "The run passes no idempotency, rate limit, debounce, batch or singleton, but waits at the function's concurrency and throttle. " +
    "Asked for twice it is the same run.",
  action: "skips.run",
  params: WorkspacePath.extend({ id: z.uuid() }),
  query: NOTHING,
  body: null,
  answer: z.object({ run: z.string(), function: z.string() }).openapi("SkipRun"),
  status: 200,
  problems: ["not-found", "skip-not-runnable"],
});
