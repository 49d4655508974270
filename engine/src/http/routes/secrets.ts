import { parseSecret } from "@durable/protocol/wire";
import { actorName } from "../../auth/actor.ts";
import { notFound, Problem } from "../../domain/problems.ts";
import { insertSigningSecret, listSigningSecrets, retireSigningSecret } from "../../store/secrets.ts";
import { SECRETS_SHOWN_MAX } from "../contract/secrets.ts";
import type { Handlers } from "../handlers.ts";
import { invalid } from "../middleware/check.ts";
import type { RouteParts } from "../parts.ts";
import { requireNumber } from "./row-number.ts";

export function secretRoutes({
  database,
  engineKeys,
  random,
  registry,
  workspaceIds,
}: RouteParts): Handlers<"createSigningSecret" | "listSigningSecrets" | "retireSigningSecret"> {
  return {
    async createSigningSecret({ params, body, actor }) {
      const secret = body.secret ?? `whsec_${Buffer.from(random.bytes(32)).toString("base64")}`;
      requireSecret(secret);
      const workspaceId = await workspaceIds.ensure(params.app, params.env);
      const by = actorName(actor!);
      const stored = await insertSigningSecret(database, engineKeys, workspaceId, by, secret);
      registry.forget(workspaceId);
      return { ...stored, secret };
    },

    async listSigningSecrets({ params }) {
      const workspaceId = await workspaceIds.require(params.app, params.env);
      return { signing_secrets: await listSigningSecrets(database, workspaceId, SECRETS_SHOWN_MAX) };
    },

    async retireSigningSecret({ params, body, actor }) {
      const id = requireNumber(params.id);
      const workspaceId = await workspaceIds.require(params.app, params.env);
      const by = actorName(actor!);
      const retirement = await retireSigningSecret(database, workspaceId, by, id, body.after_s);
      if (retirement === null) throw notFound();
      const { state, retired_at } = retirement;
      if (state === "last") {
        throw new Problem(
          "last-signing-secret",
          "Nothing could be signed any more. Create a new secret, give it to the app, then retire this one.",
        );
      }
      registry.forget(workspaceId);
      return { id, state, retired_at: retired_at! };
    },
  };
}

function requireSecret(secret: string): void {
  try {
    parseSecret(secret);
  } catch (error) {
    // Its sentences never contain the secret.
    throw invalid([{ pointer: "/secret", detail: (error as Error).message }]);
  }
}
