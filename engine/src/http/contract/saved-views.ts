import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

export const VIEWS_MAX = 100;
const SEARCH_BYTES_MAX = 4_096;

const Screen = z
  .string()
  .regex(/^[a-z0-9-]{1,40}$/, "must be 1 to 40 of a-z 0-9 -")
  .openapi({ example: "runs" });
const Name = z.string().trim().min(1).max(60).openapi({ example: "Failed since the deploy" });

const Search = z
  .record(z.string().max(100), z.union([z.string(), z.number(), z.boolean()]))
  .refine((search) => Buffer.byteLength(JSON.stringify(search)) <= SEARCH_BYTES_MAX, {
    error: `is longer than ${SEARCH_BYTES_MAX} bytes as JSON; leave out what is not needed`,
  })
  .openapi({
    description: `What the screen is searched for, by the names of its parameters; ${SEARCH_BYTES_MAX} bytes at most.`,
    example: { status: "failed", function: "charge" },
  });

const SavedView = z
  .object({
    id: z.string(),
    screen: Screen,
    name: z.string(),
    search: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    created_by: z.string().openapi({ description: "Who saved it last.", example: "api-key 7" }),
    created_at: Instant,
  })
  .openapi("SavedView");

const path = "/v1/apps/{app}/{env}/views";
const of = { group: "apps", query: NOTHING, status: 200 } as const;

export const listViews = row({
  ...of,
  method: "get",
  path,
  summary: "List saved views: searches that people look at again, by screen and name",
  action: "views.read",
  params: WorkspacePath,
  body: null,
  answer: z.object({ views: z.array(SavedView) }).openapi("SavedViews"),
  problems: ["not-found"],
});

export const saveView = row({
  ...of,
  method: "post",
  path,
  summary: "Save a view for all who work with the workspace",
  description: `It takes the place of the one that has this name on this screen, and its id. A workspace has ${VIEWS_MAX} at most.`,
  action: "views.save",
  params: WorkspacePath,
  body: jsonBody(z.strictObject({ screen: Screen, name: Name, search: Search }).openapi("ViewToSave")),
  answer: SavedView,
  problems: ["not-found"],
});

export const deleteView = row({
  ...of,
  method: "delete",
  path: `${path}/{id}`,
  summary: "Delete a saved view",
  action: "views.save",
  params: WorkspacePath.extend({ id: z.string() }),
  body: null,
  answer: z.object({ id: z.string(), state: z.literal("deleted") }).openapi("ViewDeleted"),
  problems: ["not-found"],
});
