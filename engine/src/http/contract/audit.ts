import { z } from "@hono/zod-openapi";
import { Next, pageQuery } from "./page.ts";
import { row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

const DEEDS_PER_PAGE_MAX = 200;

export const listAudit = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/audit",
  group: "apps",
  summary: "Who did what here, newest first",
  description: "What people, keys and apps changed; events and what runs do by themselves are not in it.",
  action: "audit.read",
  params: WorkspacePath,
  query: z.strictObject({
    actor: z.string().max(200).optional().openapi({ example: "api-key 7" }),
    action: z.string().max(200).optional().openapi({ example: "run.cancel" }),
    target: z
      .string()
      .max(1_000)
      .optional()
      .openapi({ description: "What it was done to: a run, a key, a URL." }),
    from: Instant.optional(),
    to: Instant.optional().openapi({ description: "Not included." }),
    ...pageQuery(DEEDS_PER_PAGE_MAX, 50, z.string().regex(/^\d{1,18}$/)),
  }),
  body: null,
  answer: z
    .object({
      audit: z.array(
        z
          .object({
            id: z.string(),
            at: Instant,
            actor: z.string(),
            action: z.string(),
            target: z.string(),
            detail: z.string().nullable().openapi({ description: "The reason, or more about it." }),
          })
          .openapi("Deed"),
      ),
      next: Next,
    })
    .openapi("Audit"),
  status: 200,
  problems: ["not-found"],
});
