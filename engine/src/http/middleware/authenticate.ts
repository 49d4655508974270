import { RUN_TOKEN_PREFIX, readRunToken } from "@durable/protocol/wire";
import type { Actor, WorkspaceName } from "../../auth/actor.ts";
import type { AdminToken } from "../../auth/admin-token.ts";
import { isSignedByApp, readSignatureHeaders } from "../../auth/app-signature.ts";
import { isKey } from "../../auth/bearer-key.ts";
import { isFromThisMachine, type Peer } from "../../auth/loopback.ts";
import { judgeRunToken } from "../../auth/run-token.ts";
import { hasSession, isFromOwnPage } from "../../auth/session.ts";
import { Problem } from "../../domain/problems.ts";
import type { HttpParts } from "../parts.ts";
import type { WorkspaceIds } from "../workspace-ids.ts";
import type { KnownKeys } from "./known-keys.ts";

export interface Authentication
  extends Pick<HttpParts, "registry" | "clock" | "engineKeys" | "database" | "log"> {
  readonly isDev: boolean;
  readonly adminToken: AdminToken;
  readonly metricsToken: AdminToken;
  readonly knownKeys: KnownKeys;
  readonly workspaceIds: WorkspaceIds;
}

export interface Asker extends Peer {
  readonly method: string;
}

/** A form of another site cannot send it. */
export const PAGE_HEADER = "durable-page";

/**
 * Who asks? The credential that was sent decides, and one that is wrong is refused even where none is needed: who
 * sends a key wants to know that it does not work.
 *
 * @param workspace What the request names, if anything; a signature is checked with its secrets.
 * @param body Read only for a signed request: it is what is signed.
 */
export async function authenticate(
  parts: Authentication,
  peer: Asker,
  workspace: WorkspaceName | null,
  body: () => Promise<Uint8Array>,
): Promise<Actor> {
  const { authorization } = peer.headers;
  if (authorization !== undefined) return await byToken(parts, String(authorization));
  const isDev = parts.isDev && isFromThisMachine(peer);
  if (peer.headers["webhook-signature"] !== undefined) {
    return await bySignature(parts, peer, workspace, isDev, body);
  }
  if (hasSession(parts, peer, Math.floor(parts.clock.epochMs() / 1000))) {
    requireOwnPage(peer);
    return { kind: "admin" };
  }
  if (isDev) return { kind: "dev" };
  throw unauthenticated("Send the admin token or a key as `authorization: Bearer ...`, or sign the request.");
}

/** The cookie comes along by itself, also with what another page makes the browser send. */
function requireOwnPage(peer: Asker): void {
  if (peer.method === "GET" || peer.method === "HEAD") return;
  if (isFromOwnPage(peer) && peer.headers[PAGE_HEADER] !== undefined) return;
  throw new Problem(
    "forbidden",
    `A change that rests on a page's cookie must come from a page of this engine, with the header ${PAGE_HEADER}.`,
  );
}

async function byToken(parts: Authentication, authorization: string): Promise<Actor> {
  const token = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated("Only `authorization: Bearer <token>` is read.");
  if (token.startsWith(RUN_TOKEN_PREFIX)) return await byRunToken(parts, token);
  if (!isKey(token)) {
    if (parts.adminToken.matches(token)) return { kind: "admin" };
    if (parts.metricsToken.matches(token)) return { kind: "scraper" };
    throw unauthenticated("The token is not valid. Compare it with the engine's DURABLE_ADMIN_TOKEN.");
  }
  const key = await parts.knownKeys.find(token);
  if (key === null) throw unauthenticated("The key is unknown, revoked or over. Create another one.");
  const { app, environment, workspaceId, id, scope } = key;
  const whose = { keyId: id, workspaceId, workspace: { app, environment } };
  return scope === "send" ? { kind: "event-key", ...whose } : { kind: "api-key", scope, ...whose };
}

async function byRunToken({ workspaceIds, registry, clock }: Authentication, token: string): Promise<Actor> {
  const grant = readRunToken(token);
  const workspaceId = grant === null ? null : await workspaceIds.find(grant.app, grant.env);
  if (grant !== null && workspaceId !== null) {
    const { signingKeys } = await registry.of(workspaceId);
    const verdict = judgeRunToken(signingKeys, token, grant, Math.floor(clock.epochMs() / 1000));
    const { app, env: environment, run: runId, fields } = grant;
    if (verdict === "in-force")
      return { kind: "run-token", workspaceId, workspace: { app, environment }, runId, fields };
    if (verdict === "over") throw unauthenticated("The time of the run token is over. Ask for another one.");
  }
  // One sentence for every reason: an unknown workspace, a wrong secret and a bent token look the same.
  throw unauthenticated("The run token is not valid: it is bent, or its secret has been retired.");
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

export function unauthenticated(detail: string): Problem {
  return new Problem("unauthenticated", detail, {
    headers: { "www-authenticate": 'Bearer realm="durable"' },
  });
}
