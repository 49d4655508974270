import { z } from "@hono/zod-openapi";
import { row } from "./row.ts";
import { WorkspacePath } from "./shapes.ts";

const RUNS_PER_PAGE_MAX = 100;

export const exportRuns = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/export",
  group: "runs",
  summary: "All that is kept of a workspace's runs, or of one owner's, oldest first",
  description:
    "A line of NDJSON per run: with its event, steps, attempts, logs and inputs, payloads byte for byte as they were received. " +
    "A page can be empty although there is more: go on while `next` says where. Runs that begin meanwhile come at the end.",
  action: "runs.read",
  params: WorkspacePath,
  query: z
    .strictObject({
      path: z.string().min(1).max(200).optional().openapi({
        description: "Into the data of events: only runs that have `value` there, and runs below them.",
        example: "user.id",
      }),
      value: z.string().max(1_000).optional().openapi({ description: "A JSON scalar.", example: '"u_42"' }),
      cursor: z
        .string()
        .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
        .optional()
        .openapi({ description: "`next` of the page before." }),
      limit: z.coerce.number<number | string>().int().min(1).max(RUNS_PER_PAGE_MAX).default(20),
    })
    .refine(({ path, value }) => (path === undefined) === (value === undefined), {
      path: ["value"],
      error: "path and value belong together",
    }),
  body: null,
  answer: z.object({ lines: z.array(z.string()), next: z.string().nullable() }).openapi("ExportedRuns"),
  status: 200,
  problems: ["not-found"],
});
