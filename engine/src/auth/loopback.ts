import { isIP } from "node:net";

export interface Peer {
  readonly remoteAddress: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Set by every proxy: then the peer's address is the proxy's, and says nothing about who asks. */
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * Whether the request comes from this machine and from nobody else's page. The address alone does not say so: a
 * web page open in the developer's browser is on loopback too. Its requests carry its Origin, and one that points
 * its own DNS name at 127.0.0.1 carries that name as Host.
 */
export function isFromThisMachine({ remoteAddress, headers }: Peer): boolean {
  if (remoteAddress === undefined || !isLoopbackHost(remoteAddress)) return false;
  if (PROXY_HEADERS.some((name) => headers[name] !== undefined)) return false;
  const { host, origin } = headers;
  if (typeof host !== "string" || !isLoopbackAuthority(`http://${host}`)) return false;
  if (headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate") return false;
  return origin === undefined || (typeof origin === "string" && isLoopbackAuthority(origin));
}

function isLoopbackAuthority(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && isLoopbackHost(parsed.hostname.replace(/^\[|\]$/g, ""));
}

function isLoopbackHost(host: string): boolean {
  const address = host.replace(/^::ffff:/i, "");
  if (isIP(address) === 4) return address.startsWith("127.");
  if (isIP(address) === 6) return address === "::1";
  return host === "localhost" || host.endsWith(".localhost");
}
