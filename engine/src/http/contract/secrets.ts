import { z } from "@hono/zod-openapi";
import { jsonBody, NOTHING, row } from "./row.ts";
import { Instant, WorkspacePath } from "./shapes.ts";

/** A month: longer than any deploy takes. */
const OVERLAP_S_MAX = 31 * 86_400;

const SigningSecret = z
  .object({
    id: z.number().int(),
    fingerprint: z.string().openapi({
      description: "The first 16 hex digits of the SHA-256 of the secret's text.",
      example: "9f86d081884c7d65",
    }),
    created_at: Instant,
    retired_at: Instant.nullable().openapi({
      description: "From then on it is not in force; may be to come.",
    }),
  })
  .openapi("SigningSecret");

const of = { group: "keys", params: WorkspacePath, query: NOTHING } as const;
const path = "/v1/apps/{app}/{env}/signing-secrets";

export const createSigningSecret = row({
  ...of,
  method: "post",
  path,
  summary: "Create a signing secret, or bring one",
  description:
    "Requests are signed with every secret that is in force, the newest first. To rotate: create one, give the " +
    "app both, retire the old one.",
  action: "secrets.create",
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

/** A workspace has two while it rotates; nobody reads so many that they need pages. */
export const SECRETS_SHOWN_MAX = 100;

export const listSigningSecrets = row({
  ...of,
  method: "get",
  path,
  summary: "List signing secrets, newest first, without the secrets",
  description: `The newest ${SECRETS_SHOWN_MAX}.`,
  action: "secrets.read",
  body: null,
  answer: z.object({ signing_secrets: z.array(SigningSecret) }).openapi("SigningSecrets"),
  status: 200,
  problems: ["not-found"],
});

export const retireSigningSecret = row({
  ...of,
  method: "post",
  path: `${path}/{id}/retire`,
  summary: "Retire a signing secret, now or after an overlap",
  description:
    "From then on nothing is signed with it any more, and what is signed with it is refused, after one second at most.",
  action: "secrets.retire",
  params: WorkspacePath.extend({ id: z.string() }),
  body: jsonBody(
    z
      .strictObject({
        after_s: z
          .number()
          .min(0)
          .max(OVERLAP_S_MAX)
          .default(0)
          .openapi({ description: "Seconds for which it stays in force, until every app has the new one." }),
      })
      .openapi("SigningSecretRetirement"),
    { required: false },
  ),
  answer: z
    .object({ id: z.number().int(), state: z.enum(["retired", "retiring"]), retired_at: Instant })
    .openapi("SigningSecretRetired"),
  status: 200,
  problems: ["not-found", "last-signing-secret"],
});
