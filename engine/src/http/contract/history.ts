import { z } from "@hono/zod-openapi";
import { HISTORY_KINDS } from "../../domain/history.ts";
import { LogLine } from "./logs.ts";
import { row } from "./row.ts";
import { AsReceived, Failure, Instant, orNull, RunPath } from "./shapes.ts";

const HistoryEntry = z
  .object({
    seq: z
      .number()
      .int()
      .openapi({ description: "From 1, without a gap; the same whenever it is asked for." }),
    kind: z.enum(HISTORY_KINDS),
    at: Instant.openapi({
      description: "When it happened. Entries stand in the order in which they were recorded.",
    }),
    step: z.object({ id: z.string(), name: z.string(), n: z.number().int(), op: z.string() }).nullable(),
    attempt: z.number().int().nullable(),
    ms: z
      .number()
      .nullable()
      .openapi({ description: "At the limit, of the attempt, of the pause, of what was waited for." }),
    until: Instant.nullable().openapi({ description: "End of a sleep, timeout of a wait, next attempt." }),
    status: z
      .string()
      .nullable()
      .openapi({ description: "Of what settled: `ok` or `err`; of an end: the run's; of an action: which." }),
    by: z
      .object({
        kind: z.enum(["event", "person", "timer", "limit", "run", "app"]),
        name: z.string().nullable(),
      })
      .nullable()
      .openapi({ description: "What did it." }),
    reason: z.string().nullable(),
    value: AsReceived,
    failure: orNull(Failure),
    logs: z
      .array(LogLine)
      .nullable()
      .openapi({ description: "Of an attempt: what its code said. Null unless asked for." }),
  })
  .openapi("HistoryEntry");

export const HISTORY_ENTRIES_PER_PAGE_MAX = 500;

export const getRunHistory = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/history",
  group: "runs",
  summary: "What happened to a run, entry by entry",
  description:
    "Why there is a run, each attempt of each step, failures and the pauses after them, sleeps, waits and what ended them, what " +
    "people did, and the end. With `logs=true` each attempt is followed by what its code said.",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({
    order: z.enum(["asc", "desc"]).default("asc"),
    cursor: z.coerce
      .number<number | string>()
      .int()
      .min(1)
      .optional()
      .openapi({ description: "`next` of the page before: the `seq` of its last entry." }),
    limit: z.coerce.number<number | string>().int().min(1).max(HISTORY_ENTRIES_PER_PAGE_MAX).default(200),
    logs: z.enum(["true", "false"]).default("false"),
  }),
  body: null,
  answer: z
    .object({
      entries: z.array(HistoryEntry),
      total: z.number().int().openapi({ description: "Entries so far." }),
      next: z.number().int().nullable().openapi({ description: "Null on the last page." }),
    })
    .openapi("RunHistory"),
  status: 200,
  problems: ["not-found"],
});
