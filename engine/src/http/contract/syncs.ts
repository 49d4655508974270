import { z } from "@hono/zod-openapi";
import { KEPT_CHANGES, SYNC_OUTCOMES } from "../../store/syncs.ts";
import { Next, NumberCursor, pageQuery } from "./page.ts";
import { NOTHING, row } from "./row.ts";
import { AsReceived, Instant, orNull, WorkspacePath } from "./shapes.ts";

const SYNCS_PER_PAGE_MAX = 100;

const Version = z.number().int().nullable();
const Change = z.enum(KEPT_CHANGES);

const FunctionSynced = z
  .object({
    id: z.string(),
    change: Change,
    from: Version.openapi({ description: "Its version before; null for one that was not there." }),
    to: Version.openapi({ description: "Its version since; null for one that is gone." }),
  })
  .openapi("FunctionSynced");

const SYNC = {
  id: z.string(),
  outcome: z.enum(SYNC_OUTCOMES).openapi({ description: "`failed`: nothing was changed." }),
  url: z
    .string()
    .nullable()
    .openapi({ description: "Where the app was asked; null when it was no URL that can be shown." }),
  by: z.string().openapi({
    description:
      "Who asked last, as the audit log names it. `engine`: an answer of the app came from other functions.",
    example: "api-key 7",
  }),
  sdk: z.string().nullable(),
  deployment: z.string().nullable(),
  problem: orNull(
    z
      .object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() })
      .openapi("SyncProblem"),
    "Why it failed.",
  ),
  count: z.number().int().openapi({
    description:
      "So many syncs in a row that were the same: a failure again, or a sync that changed nothing since.",
  }),
  at: Instant.openapi({ description: "The first of them." }),
  seen_at: Instant.openapi({ description: "The last of them." }),
  resolved_at: Instant.nullable().openapi({ description: "Of a failure: since then a sync has succeeded." }),
};

export const listSyncs = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/syncs",
  group: "apps",
  summary: "List syncs that changed something, and those that failed, newest first",
  description: "The last 1,000 that succeeded and the last 200 that failed are kept.",
  action: "syncs.read",
  params: WorkspacePath,
  query: z.strictObject({
    outcome: z.enum(SYNC_OUTCOMES).optional(),
    ...pageQuery(SYNCS_PER_PAGE_MAX, 20, NumberCursor),
  }),
  body: null,
  answer: z
    .object({
      syncs: z.array(z.object({ ...SYNC, functions: z.array(FunctionSynced) }).openapi("Sync")),
      next: Next,
    })
    .openapi("Syncs"),
  status: 200,
  problems: ["not-found"],
});

export const getSync = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/syncs/{id}",
  group: "apps",
  summary: "One sync with what each function declared before it and since",
  action: "syncs.read",
  params: WorkspacePath.extend({ id: z.string() }),
  query: NOTHING,
  body: null,
  answer: z
    .object({
      ...SYNC,
      functions: z.array(
        FunctionSynced.extend({
          old: AsReceived.openapi({ description: "Its manifest before; null for one that was not there." }),
          new: AsReceived.openapi({ description: "Its manifest since; null for one that is gone." }),
        }).openapi("FunctionSyncedShown"),
      ),
    })
    .openapi("SyncShown"),
  status: 200,
  problems: ["not-found"],
});
