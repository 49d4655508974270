import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { row } from "./row.ts";
import { AsReceived, Instant, RunPath } from "./shapes.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export const LogLine = z
  .object({
    id: z.string().openapi({ description: "Grows with every line of the run." }),
    step: z.object({ id: z.string(), name: z.string(), n: z.number().int() }),
    attempt: z.number().int(),
    level: z.enum(LOG_LEVELS),
    message: z.string(),
    data: AsReceived,
    at: Instant.openapi({ description: "By the app's clock." }),
  })
  .openapi("LogLine");

export const LOG_LINES_PER_PAGE_MAX = 1_000;

export const listRunLogs = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/runs/{id}/logs",
  group: "runs",
  summary: "What the code of a run's steps said",
  description:
    "In the order in which it was recorded: with what came of the attempt that said it, also when that failed. Who " +
    "asks again after the last line misses none.",
  action: "runs.read",
  params: RunPath,
  query: z.strictObject({
    level: z.enum(LOG_LEVELS).optional().openapi({ description: "Lines of this level or a graver one." }),
    step: z.string().max(ID_CHARACTERS_MAX).optional().openapi({ description: "A step's name or id." }),
    after: z
      .string()
      .regex(/^[0-9]{1,18}$/)
      .optional()
      .openapi({ description: "`next` of the page before, or the id of a line." }),
    limit: z.coerce.number<number | string>().int().min(1).max(LOG_LINES_PER_PAGE_MAX).default(200),
  }),
  body: null,
  answer: z
    .object({
      logs: z.array(LogLine),
      next: z.string().nullable().openapi({ description: "`after` of the next page; null on the last one." }),
    })
    .openapi("RunLogs"),
  status: 200,
  problems: ["not-found"],
});
