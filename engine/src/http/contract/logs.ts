import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";
import { z } from "@hono/zod-openapi";
import { row } from "./row.ts";
import { AsReceived, Instant, RunPath, WorkspacePath } from "./shapes.ts";

const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

export const LogLine = z
  .object({
    id: z
      .string()
      .openapi({ description: "Grows with every line of the run. No other line of the workspace has it." }),
    run: z.string(),
    function: z.string(),
    step: z.object({ id: z.string(), name: z.string(), n: z.number().int() }),
    attempt: z.number().int(),
    level: z.enum(LOG_LEVELS),
    message: z.string(),
    data: AsReceived,
    at: Instant.openapi({ description: "By the app's clock." }),
  })
  .openapi("LogLine");

export const LOG_LINES_PER_PAGE_MAX = 1_000;
const LOG_TEXT_CHARACTERS_MAX = 200;

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

const LineId = z.string().regex(/^[0-9]{1,18}$/);

export const listLogs = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/logs",
  group: "runs",
  summary: "What the code of all steps said",
  description:
    "The newest first, of all runs that are kept. With filters a page can be short, or empty, although more lines fit: so many are looked " +
    "at for one. While `next` is not null there are older ones. What comes from now on is told by the stream.",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    level: z.enum(LOG_LEVELS).optional().openapi({ description: "Lines of this level or a graver one." }),
    function: z.string().max(ID_CHARACTERS_MAX).optional().openapi({ description: "Only of its runs." }),
    q: z.string().min(1).max(LOG_TEXT_CHARACTERS_MAX).optional().openapi({
      description: "Lines that say this, in their data or the name of their step too; in whatever case.",
    }),
    before: LineId.optional().openapi({ description: "`next` of the page before, or the id of a line." }),
    after: LineId.optional().openapi({
      description:
        "Only lines after the one with this id. Lines of several runs can be recorded a moment later than one with a higher id.",
    }),
    limit: z.coerce.number<number | string>().int().min(1).max(LOG_LINES_PER_PAGE_MAX).default(200),
  }),
  body: null,
  answer: z
    .object({
      logs: z.array(LogLine),
      next: z
        .string()
        .nullable()
        .openapi({ description: "`before` of the next page; null: no older line is kept." }),
    })
    .openapi("Logs"),
  status: 200,
  problems: [],
});
