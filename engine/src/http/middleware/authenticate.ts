import type { AdminToken } from "../../auth/admin-token.ts";
import { isSignedByApp, readSignatureHeaders } from "../../auth/app-signature.ts";
import type { Actor, WorkspaceName } from "../../auth/authorize.ts";
import { EVENT_KEY_PREFIX } from "../../auth/event-key.ts";
import { isFromThisMachine, type Peer } from "../../auth/loopback.ts";
import { Problem } from "../../domain/problems.ts";
import type { HttpParts } from "../parts.ts";
import type { WorkspaceIds } from "../workspace-ids.ts";
import type { EventKeys } from "./event-keys.ts";

export interface Authentication extends Pick<HttpParts, "registry" | "clock"> {
  readonly isDev: boolean;
  readonly adminToken: AdminToken;
  readonly eventKeys: EventKeys;
  readonly workspaceIds: WorkspaceIds;
}

/**
 * Who asks? The credential that was sent decides, and one that is wrong is refused even where none is needed: who
 * sends a key wants to know that it does not work.
 *
 * @param workspace What the request names, if anything; a signature is checked with its secrets.
 * @param body Read only for a signed request: it is what is signed.
 */
export async function authenticate(
  parts: Authentication,
  peer: Peer,
  workspace: WorkspaceName | null,
  body: () => Promise<Uint8Array>,
): Promise<Actor> {
  const { authorization } = peer.headers;
  if (authorization !== undefined) return await byToken(parts, String(authorization));
  const isDev = parts.isDev && isFromThisMachine(peer);
  if (peer.headers["webhook-signature"] !== undefined) {
    return await bySignature(parts, peer, workspace, isDev, body);
  }
  if (isDev) return { kind: "dev" };
  throw unauthenticated(
    "Send the admin token or an event key as `authorization: Bearer ...`, or sign the request.",
  );
}

async function byToken(parts: Authentication, authorization: string): Promise<Actor> {
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated("Only `authorization: Bearer <token>` is read.");
  if (!token.startsWith(EVENT_KEY_PREFIX)) {
    if (parts.adminToken.matches(token)) return { kind: "admin" };
    throw unauthenticated("The token is not valid. Compare it with the engine's DURABLE_ADMIN_TOKEN.");
  }
  const key = await parts.eventKeys.find(token);
  if (key === null) throw unauthenticated("The event key is unknown or revoked. Create another one.");
  const { app, environment, workspaceId, id } = key;
  return { kind: "event-key", keyId: id, workspaceId, workspace: { app, environment } };
}

async function bySignature(
  { workspaceIds, registry, clock }: Authentication,
  peer: Peer,
  workspace: WorkspaceName | null,
  isDev: boolean,
  body: () => Promise<Uint8Array>,
): Promise<Actor> {
  const headers = readSignatureHeaders(peer.headers);
  if (workspace !== null && headers !== null) {
    const { app, environment } = workspace;
    const workspaceId = await (isDev
      ? workspaceIds.ensure(app, environment)
      : workspaceIds.find(app, environment));
    if (workspaceId !== null) {
      const { replyKeys } = await registry.of(workspaceId);
      if (isSignedByApp(replyKeys, headers, await body(), clock.epochMs())) {
        return { kind: "app", workspaceId, workspace };
      }
    }
  }
  // One sentence for every reason: an unknown workspace, a wrong secret and an old timestamp look the same.
  throw unauthenticated(
    "The signature is not valid. A signed request names its workspace (?app=&env=), is signed with the reply key " +
      "of one of the workspace's signing secrets (DURABLE_SECRET), and is at most 300 s old.",
  );
}

function unauthenticated(detail: string): Problem {
  return new Problem("unauthenticated", detail, {
    headers: { "www-authenticate": 'Bearer realm="durable"' },
  });
}
