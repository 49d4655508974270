import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

const KeyPath = WorkspacePath.extend({ id: z.string() });

const EventKey = z
  .object({
    id: z.number().int(),
    prefix: z.string().openapi({ description: "How the key begins.", example: "evk_3fKq9Z" }),
    created_at: Instant,
    revoked_at: Instant.nullable(),
  })
  .openapi("EventKey");

const SigningSecret = z
  .object({
    id: z.number().int(),
    fingerprint: z.string().openapi({
      description: "The first 16 hex digits of the SHA-256 of the secret's text.",
      example: "9f86d081884c7d65",
    }),
    created_at: Instant,
    retired_at: Instant.nullable(),
  })
  .openapi("SigningSecret");

const manage = { group: "keys", action: "keys.manage", query: NOTHING } as const;

export const createEventKey = row({
  ...manage,
  method: "post",
  path: "/v1/apps/{app}/{env}/event-keys",
  summary: "Create a key that can only send events",
  params: WorkspacePath,
  body: jsonBody(NOTHING, { required: false }),
  answer: EventKey.extend({
    key: z.string().openapi({ description: "Shown once. Only its hash is kept." }),
  }).openapi("EventKeyCreated"),
  status: 201,
  problems: [],
});

export const listEventKeys = row({
  ...manage,
  method: "get",
  path: "/v1/apps/{app}/{env}/event-keys",
  summary: "List event keys",
  params: WorkspacePath,
  body: null,
  answer: z.object({ event_keys: z.array(EventKey) }).openapi("EventKeys"),
  status: 200,
  problems: ["not-found"],
});

export const revokeEventKey = row({
  ...manage,
  method: "delete",
  path: "/v1/apps/{app}/{env}/event-keys/{id}",
  summary: "Revoke an event key",
  description: "Every engine process refuses it after one second at most.",
  params: KeyPath,
  body: null,
  answer: z.object({ id: z.number().int(), state: z.literal("revoked") }).openapi("EventKeyRevoked"),
  status: 200,
  problems: ["not-found"],
});

export const createSigningSecret = row({
  ...manage,
  method: "post",
  path: "/v1/apps/{app}/{env}/signing-secrets",
  summary: "Create a signing secret, or bring one",
  description:
    "Requests are signed with every secret that is not retired, the newest first. To rotate: create one, give the " +
    "app both, retire the old one.",
  params: WorkspacePath,
  body: jsonBody(
    z
      .object({
        secret: z
          .string()
          .max(200)
          .optional()
          .openapi({ description: "`whsec_` and base64 of 24 to 64 bytes." }),
      })
      .openapi("SigningSecretRequest"),
    { required: false },
  ),
  answer: SigningSecret.extend({
    secret: z.string().openapi({ description: "Shown once. The app's DURABLE_SECRET." }),
  }).openapi("SigningSecretCreated"),
  status: 201,
  problems: [],
});

export const listSigningSecrets = row({
  ...manage,
  method: "get",
  path: "/v1/apps/{app}/{env}/signing-secrets",
  summary: "List signing secrets, newest first, without the secrets",
  params: WorkspacePath,
  body: null,
  answer: z.object({ signing_secrets: z.array(SigningSecret) }).openapi("SigningSecrets"),
  status: 200,
  problems: ["not-found"],
});

export const retireSigningSecret = row({
  ...manage,
  method: "post",
  path: "/v1/apps/{app}/{env}/signing-secrets/{id}/retire",
  summary: "Retire a signing secret",
  description:
    "Nothing is signed with it any more, and what is signed with it is refused, after one second at most.",
  params: KeyPath,
  body: jsonBody(NOTHING, { required: false }),
  answer: z.object({ id: z.number().int(), state: z.literal("retired") }).openapi("SigningSecretRetired"),
  status: 200,
  problems: ["not-found", "last-signing-secret"],
});
