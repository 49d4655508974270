import { z } from "@hono/zod-openapi";
import { BULK_ACTIONS, BULK_ITEM_STATUSES, BULK_STATUSES } from "../../domain/bulk.ts";
import { Preview } from "./reruns.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { RUN_FILTER } from "./run-filter.ts";
import { AsReceived, Instant, orNull, Reason, RunStatus, WorkspacePath } from "./shapes.ts";

export const BULK_ITEMS_MAX = 100_000;
export const BULKS_PER_PAGE_MAX = 100;
export const BULK_ITEMS_PER_PAGE_MAX = 200;

const Bulk = z
  .object({
    id: z.string(),
    action: z.enum(BULK_ACTIONS),
    filter: AsReceived,
    status: z.enum(BULK_STATUSES).openapi({
      description:
        "`canary`: its first items are done. `held`: they are, and it waits for somebody to continue it. `running`, `paused`, " +
        "`completed`, `aborted`.",
    }),
    canary: z.number().int(),
    items: z.number().int(),
    done: z.number().int(),
    refused: z
      .number()
      .int()
      .openapi({ description: "Runs that could not be acted on so, each with its reason." }),
    by: z.string(),
    reason: z.string().nullable(),
    created_at: Instant,
    ended_at: Instant.nullable(),
  })
  .openapi("Bulk");

const BulkPath = WorkspacePath.extend({ id: z.string() });

export const createBulk = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/bulks",
  group: "runs",
  summary: "Do the same to many runs",
  description:
    "The runs that the filter meets now, the newest first, a few at a time. After the canary it is held until somebody continues it. " +
    "`retry` goes on from the failed step with the newest code.",
  action: "bulks.manage",
  params: WorkspacePath,
  query: z.strictObject({ preview: Preview }),
  body: jsonBody(
    z
      .strictObject({
        action: z.enum(BULK_ACTIONS),
        filter: z.strictObject({ ...RUN_FILTER, ids: z.array(z.uuid()).max(1_000).optional() }),
        canary: z.int().min(0).max(1_000).default(10).openapi({
          description: "So many runs first; 0 for none.",
        }),
        reason: Reason,
      })
      .openapi("BulkRequest"),
  ),
  answer: z
    .object({
      id: z.string().nullable().openapi({ description: "Null of a preview." }),
      count: z.number().int().openapi({ description: "Runs that the filter meets." }),
      newest: z
        .array(z.string())
        .openapi({ description: "The newest of them, ten at most: the first to be acted on." }),
    })
    .openapi("BulkMade"),
  status: 200,
  problems: ["not-found"],
});

export const listBulks = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/bulks",
  group: "runs",
  summary: "List bulks, newest first",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    limit: z.coerce.number<number | string>().int().min(1).max(BULKS_PER_PAGE_MAX).default(20),
  }),
  body: null,
  answer: z.object({ bulks: z.array(Bulk) }).openapi("Bulks"),
  status: 200,
  problems: ["not-found"],
});

export const getBulk = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/bulks/{id}",
  group: "runs",
  summary: "One bulk: how far it is, and what came of each run",
  action: "runs.read",
  params: BulkPath,
  query: z.strictObject({
    status: z.enum(BULK_ITEM_STATUSES).optional(),
    after: z.coerce
      .number<number | string>()
      .int()
      .min(0)
      .default(0)
      .openapi({ description: "`next` of the page before." }),
    limit: z.coerce.number<number | string>().int().min(0).max(BULK_ITEMS_PER_PAGE_MAX).default(50),
  }),
  body: null,
  answer: Bulk.extend({
    results: z.array(
      z
        .object({
          no: z.number().int(),
          run: z.string(),
          status: z.enum(BULK_ITEM_STATUSES),
          detail: z.string().nullable().openapi({
            description: "Where the run was then; why it could not be acted on.",
          }),
          new_run: z.string().nullable().openapi({ description: "The run that was made of it." }),
          new_status: orNull(RunStatus, "Where that one is now."),
          at: Instant.nullable(),
        })
        .openapi("BulkResult"),
    ),
    next: z.number().int().nullable(),
  }).openapi("BulkShown"),
  status: 200,
  problems: ["not-found"],
});

export const steerBulk = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/bulks/{id}/steer",
  group: "runs",
  summary: "Continue, pause or abort a bulk",
  description: "What is done stays done; no item is begun after the answer to a pause or an abort.",
  action: "bulks.manage",
  params: BulkPath,
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({ act: z.enum(["continue", "pause", "abort"]), reason: Reason })
      .openapi("SteerBulkRequest"),
  ),
  answer: z.object({ id: z.string(), status: z.enum(BULK_STATUSES) }).openapi("BulkSteered"),
  status: 200,
  problems: ["not-found", "bulk-over"],
});
