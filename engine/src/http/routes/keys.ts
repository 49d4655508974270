import { parseSecret } from "@durable/protocol/wire";
import { actorName } from "../../auth/authorize.ts";
import { makeEventKey } from "../../auth/event-key.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { insertEventKey, listEventKeys, revokeEventKey } from "../../store/keys.ts";
import { insertSigningSecret, listSigningSecrets, retireSigningSecret } from "../../store/secrets.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";

type KeyOperation =
  | "createEventKey"
  | "listEventKeys"
  | "revokeEventKey"
  | "createSigningSecret"
  | "listSigningSecrets"
  | "retireSigningSecret";

export function keyRoutes(parts: RouteParts): Handlers<KeyOperation> {
  const { database, random, registry, workspaceIds, eventKeys } = parts;
  return {
    async createEventKey({ params, actor }) {
      const workspaceId = await workspaceIds.ensure(params.app, params.env);
      const made = makeEventKey(random);
      return { ...(await insertEventKey(database, workspaceId, actorName(actor!), made)), key: made.key };
    },

    async listEventKeys({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { event_keys: await listEventKeys(database, workspaceId) };
    },

    async revokeEventKey({ params, actor }) {
      const id = requireId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      if (!(await revokeEventKey(database, workspaceId, actorName(actor!), id))) throw notFound();
      eventKeys.forgetAll();
      return { id, state: "revoked" };
    },

    async createSigningSecret({ params, body, actor }) {
      const secret = body.secret ?? `whsec_${Buffer.from(random.bytes(32)).toString("base64")}`;
      requireSecret(secret);
      const workspaceId = await workspaceIds.ensure(params.app, params.env);
      const stored = await insertSigningSecret(database, workspaceId, actorName(actor!), secret);
      registry.forget(workspaceId);
      return { ...stored, secret };
    },

    async listSigningSecrets({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { signing_secrets: await listSigningSecrets(database, workspaceId) };
    },

    async retireSigningSecret({ params, actor }) {
      const id = requireId(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const state = await retireSigningSecret(database, workspaceId, actorName(actor!), id);
      if (state === null) throw notFound();
      if (state === "last") {
        throw new Problem(
          "last-signing-secret",
          "Nothing could be signed any more. Create a new secret, give it to the app, then retire this one.",
        );
      }
      registry.forget(workspaceId);
      return { id, state: "retired" };
    },
  };
}

function requireId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw notFound();
  return Number(text);
}

function requireSecret(secret: string): void {
  try {
    parseSecret(secret);
  } catch (error) {
    // Its sentences never contain the secret.
    throw invalid([{ pointer: "/secret", detail: (error as Error).message }]);
  }
}
