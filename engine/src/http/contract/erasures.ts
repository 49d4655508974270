import { z } from "@hono/zod-openapi";
import { ERASURE_STATUSES } from "../../domain/erasure.ts";
import { Preview } from "./reruns.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, Reason, WorkspacePath } from "./shapes.ts";

const ERASURES_PER_PAGE_MAX = 100;

const Count = z.number().int();

const Erasure = z
  .object({
    id: z.string(),
    status: z.enum(ERASURE_STATUSES).openapi({
      description:
        "`finding`, then `erasing`, which waits for runs that are ending, then `completed`. `counted`: it was a preview. `refused`: " +
        "runs of theirs live and were not to be cancelled; nothing was deleted. `aborted`: it was called off in time.",
    }),
    path: z.string(),
    preview: z.boolean(),
    live: z.enum(["refuse", "cancel"]),
    found: z
      .object({
        runs: Count,
        live: Count.openapi({ description: "Of these, those that had not ended when they were found." }),
        events: Count,
      })
      .openapi("ErasureFound"),
    erased: z.object({ runs: Count, events: Count }).openapi("Erased"),
    by: z.string(),
    reason: z.string().nullable(),
    created_at: Instant,
    ended_at: Instant.nullable(),
  })
  .openapi("Erasure");

export const eraseOwner = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/erasures",
  group: "runs",
  summary: "Erase all that is one owner's, for good",
  description:
    "Events whose data has the value at the path, and the runs that were made of them, with those below them and those made of them " +
    "again: as in the export. Works a piece at a time, and goes on after whatever dies. What it found is said, who it was is not kept.",
  action: "runs.erase",
  params: WorkspacePath,
  query: z.strictObject({ preview: Preview }),
  body: jsonBody(
    z
      .strictObject({
        path: z
          .string()
          .min(1)
          .max(200)
          .openapi({ description: "Into the data of events.", example: "user.id" }),
        value: z.union([z.string().max(1_000), z.number(), z.boolean()]).openapi({ example: "u_42" }),
        live: z.enum(["refuse", "cancel"]).default("refuse").openapi({
          description: "Of runs that have not ended. `cancel`: they undo what they have to undo first.",
        }),
        reason: Reason,
      })
      .openapi("EraseRequest"),
  ),
  answer: Erasure,
  status: 200,
  problems: ["not-found"],
});

export const listErasures = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/erasures",
  group: "runs",
  summary: "List erasures, newest first",
  action: "runs.read",
  params: WorkspacePath,
  query: z.strictObject({
    limit: z.coerce.number<number | string>().int().min(1).max(ERASURES_PER_PAGE_MAX).default(20),
  }),
  body: null,
  answer: z.object({ erasures: z.array(Erasure) }).openapi("Erasures"),
  status: 200,
  problems: ["not-found"],
});

export const getErasure = row({
  method: "get",
  path: "/v1/apps/{app}/{env}/erasures/{id}",
  group: "runs",
  summary: "One erasure: how far it is",
  action: "runs.read",
  params: WorkspacePath.extend({ id: z.string() }),
  query: NOTHING,
  body: null,
  answer: Erasure,
  status: 200,
  problems: ["not-found"],
});

export const abortErasure = row({
  method: "post",
  path: "/v1/apps/{app}/{env}/erasures/{id}/abort",
  group: "runs",
  summary: "Call an erasure off, before it begins to delete",
  description:
    "While it finds what is theirs, and until the first is gone or cancelled. One that was aborted already is answered as it is.",
  action: "runs.erase",
  params: WorkspacePath.extend({ id: z.string() }),
  query: NOTHING,
  body: jsonBody(z.strictObject({ reason: Reason }).openapi("ErasureAbort")),
  answer: Erasure,
  status: 200,
  problems: ["not-found", "erasure-begun"],
});
