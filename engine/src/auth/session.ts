// What a browser holds after somebody has logged in with the admin token. Nothing is stored: the cookie's value is a stamp,
// good until its time is over or the admin token is another one.
import type { AdminToken } from "./admin-token.ts";
import type { EngineKeys } from "./engine-keys.ts";
import { isFromThisMachine, type Peer } from "./loopback.ts";

/** A working day. */
export const SESSION_S = 12 * 3_600;

/** `__Host-`: browsers take it over https alone, for this host alone, and send it nowhere else. */
const COOKIE = "__Host-durable";
/** On the engine's own machine there is no https; it is taken there alone. */
const LOOPBACK_COOKIE = "durable-loopback";

export interface SessionParts {
  readonly engineKeys: EngineKeys;
  readonly adminToken: AdminToken;
}

export function makeSession({ engineKeys, adminToken }: SessionParts, nowS: number): string {
  return engineKeys.stampUntil("session", adminToken.fingerprint, nowS + SESSION_S);
}

export function hasSession({ engineKeys, adminToken }: SessionParts, peer: Peer, nowS: number): boolean {
  const value =
    readCookie(peer, COOKIE) ?? (isFromThisMachine(peer) ? readCookie(peer, LOOPBACK_COOKIE) : null);
  return adminToken.isSet && engineKeys.isStampedStill("session", adminToken.fingerprint, value ?? "", nowS);
}

/** The `set-cookie` of a login; of a logout without a value. */
export function cookieOf(peer: Peer, value: string | null): string {
  const isLocal = isFromThisMachine(peer);
  return [
    `${isLocal ? LOOPBACK_COOKIE : COOKIE}=${value ?? ""}`,
    "Path=/",
    `Max-Age=${value === null ? 0 : SESSION_S}`,
    "HttpOnly",
    "SameSite=Strict",
    ...(isLocal ? [] : ["Secure"]),
  ].join("; ");
}

/**
 * Whether a page of this very engine sent it. A cookie goes along with requests that others make, from another port of
 * the same host too; where they come from they cannot hide.
 */
export function isFromOwnPage({ headers }: Peer): boolean {
  const { host, origin } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  if (typeof origin !== "string") return false;
  return URL.parse(origin)?.host === host;
}

function readCookie({ headers }: Peer, name: string): string | null {
  const cookies = String(headers["cookie"] ?? "")
    .split(";")
    .map((each) => each.trim());
  const found = cookies.filter((each) => each.startsWith(`${name}=`));
  return found.length === 1 ? found[0]!.slice(name.length + 1) : null;
}
