import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { LimitKeyValue } from "./limits.ts";
import { row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

/** How many of its keys a shape shows. */
export const KEYS_SHOWN_MAX = 10;

const ShapeKey = z
  .object({
    key: LimitKeyValue,
    run: z.string().nullable().openapi({
      description: "Duplicates are of it; it collects what comes; it holds the singleton.",
    }),
    until: Instant.nullable().openapi({
      description:
        "Idempotency and a leading debounce: no other run is started before it. What collects begins then.",
    }),
    events: z.number().int().nullable().openapi({ description: "Of what collects: so far." }),
    bytes: z.number().int().nullable().openapi({ description: "Of a batch: so far." }),
    starts: z.number().int().nullable().openapi({
      description: "Of a rate limit without a burst: in the period that ends now, and those to come.",
    }),
    next_start_at: Instant.nullable().openapi({
      description: "Of a rate limit that is used up: when the next start is possible.",
    }),
    at: Instant.openapi({ description: "When an event came to it last." }),
  })
  .openapi("ShapeKey");

const Shape = z
  .object({
    function: z.string(),
    kind: z.enum(["idempotency", "debounce", "batch", "rate-limit", "singleton"]),
    name: z.string().openapi({ example: 'rate limit of "alarm"' }),
    declared: z.looseObject({}).openapi({ description: "As the function's manifest says it." }),
    keys: z.array(ShapeKey).openapi({
      description: `Those that remember something now, the ${KEYS_SHOWN_MAX} that events came to last.`,
    }),
  })
  .openapi("Shape");

export const listShapes = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/shapes",
  group: "apps",
  summary: "List the limits that act before there is a run, with what they remember of their keys",
  description:
    "Idempotency, debounce, batch, rate limit and singleton, in the order in which they are applied. " +
    "Of more than 10,000 keys some are looked at (`partial`); ask for a `key` then.",
  action: "limits.read",
  params: WorkspacePath,
  query: z.strictObject({
    function: z.string().max(ID_CHARACTERS_MAX).optional(),
    key: z.string().max(1_000).optional().openapi({
      description: "Only this value, as JSON; text that is no JSON is a string.",
    }),
  }),
  body: null,
  answer: z.object({ shapes: z.array(Shape), partial: z.boolean() }).openapi("Shapes"),
  status: 200,
  problems: ["not-found"],
});
