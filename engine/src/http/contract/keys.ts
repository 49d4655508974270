import { z } from "@hono/zod-openapi";
import { KEY_SCOPES } from "../../auth/bearer-key.ts";
import { Next, NumberCursor, pageQuery } from "./page.ts";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

const KEYS_PER_PAGE_MAX = 200;
const EXPIRES_IN_S_MAX = 10 * 365 * 86_400;

const KeyScope = z.enum(KEY_SCOPES).openapi("KeyScope", {
  description:
    "`send`: an event key, which can send events and nothing else. An API key may `read`, or also `write` (start, cancel, " +
    "pause, ...), or also `admin` (keys and secrets): in its own workspace alone.",
});

const Key = z
  .object({
    id: z.number().int(),
    scope: KeyScope,
    prefix: z.string().openapi({ description: "How the key begins.", example: "evk_3fKq9Z" }),
    created_at: Instant,
    expires_at: Instant.nullable(),
    last_used_at: Instant.nullable().openapi({ description: "To the minute." }),
    revoked_at: Instant.nullable(),
  })
  .openapi("Key");

const of = { group: "keys", params: WorkspacePath } as const;
const path = "/v1/apps/{app}/{env}/keys";

export const createKey = row({
  ...of,
  method: "post",
  path,
  summary: "Create an event key or an API key",
  action: "keys.create",
  query: NOTHING,
  body: jsonBody(
    z
      .strictObject({
        scope: KeyScope,
        expires_in_s: z
          .number()
          .int()
          .min(1)
          .max(EXPIRES_IN_S_MAX)
          .optional()
          .openapi({ description: "It lasts until it is revoked when this is missing." }),
      })
      .openapi("KeyRequest"),
  ),
  answer: Key.extend({
    key: z.string().openapi({ description: "Shown once. Only its hash is kept." }),
  }).openapi("KeyCreated"),
  status: 201,
  problems: [],
});

export const listKeys = row({
  ...of,
  method: "get",
  path,
  summary: "List keys, newest first, without the keys themselves",
  action: "keys.read",
  query: z.strictObject(pageQuery(KEYS_PER_PAGE_MAX, 50, NumberCursor)),
  body: null,
  answer: z.object({ keys: z.array(Key), next: Next }).openapi("Keys"),
  status: 200,
  problems: ["not-found"],
});

export const revokeKey = row({
  ...of,
  method: "delete",
  path: `${path}/{id}`,
  summary: "Revoke a key",
  description: "Every engine process refuses it after one second at most.",
  action: "keys.revoke",
  params: WorkspacePath.extend({ id: z.string() }),
  query: NOTHING,
  body: null,
  answer: z.object({ id: z.number().int(), state: z.literal("revoked") }).openapi("KeyRevoked"),
  status: 200,
  problems: ["not-found"],
});
