import { isIP } from "node:net";
import type { EgressGuard } from "./egress-guard.ts";
import { excerpt } from "./excerpt.ts";

/** A URL that may be called, taken apart once. */
export interface Endpoint {
  readonly url: string;
  readonly origin: string;
  /** Path and query, as they go into the request line. */
  readonly path: string;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
}

export type UrlCheck =
  | { readonly ok: true; readonly endpoint: Endpoint }
  | { readonly ok: false; readonly detail: string };

/**
 * What can be said about an endpoint's URL without asking DNS. A name is looked up, and every address it has is
 * checked, at each connection: what DNS says while a URL is registered proves nothing about what it says later.
 *
 * The text is looked at before it is parsed, because the URL parser silently repairs what an attacker writes: it
 * drops tabs and line breaks, takes `\` for `/`, folds `①②⑦` to 127 and `0x7f.1` to 127.0.0.1.
 */
export function checkUrl(guard: EgressGuard, text: string): UrlCheck {
  const refuse = (detail: string): UrlCheck => ({ ok: false, detail });
  if (text.length > 2_000) return refuse("The URL is longer than 2,000 characters.");
  if (/[\u0000-\u0020\u007f]/.test(text)) return refuse("The URL contains a space, a tab or a line break.");
  if (text.includes("\\"))
    return refuse("The URL contains a backslash; parsers disagree about which host it then names.");
  if (/[^\u0021-\u007e]/.test(text)) {
    return refuse(
      "The URL contains a character outside ASCII. Write a host in its xn-- form and a path percent-encoded, so that what you read is what is called.",
    );
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined)
    return refuse("Write the URL in full, as in https://shop.example.com/api/durable");
  if (authority.includes("@"))
    return refuse(
      "The URL contains a user name or password. Requests are signed; no other credential is sent.",
    );
  if (text.includes("#"))
    return refuse("The URL contains a fragment (#...), which is never sent to a server.");

  const url = URL.parse(text);
  if (url === null) return refuse(`${excerpt(text)} is not a valid URL.`);
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const name = hostname.replace(/\.$/, "").toLowerCase();
  const isAddress = isIP(hostname) !== 0;
  const loopbackName = name === "localhost" || name.endsWith(".localhost");
  const loopback = loopbackName || hostname === "::1" || (isAddress && hostname.startsWith("127."));

  const wrong =
    guard.checkProtocolAndPort(url.protocol, port, loopback) ??
    (isAddress ? guard.checkAddress(hostname, port) : checkName(guard, name, loopbackName)) ??
    (loopback && guard.policy.ownPorts?.includes(port)
      ? `Port ${port} on this machine belongs to the engine itself.`
      : null);
  if (wrong !== null) return refuse(wrong);
  return {
    ok: true,
    endpoint: { url: url.href, origin: url.origin, path: url.pathname + url.search, hostname, port },
  };
}

function checkName(guard: EgressGuard, name: string, loopbackName: boolean): string | null {
  const { allowLoopback, allowedNetworks = [] } = guard.policy;
  if (name === "") return "The URL names no host.";
  if (name.length > 253) return "The host name is longer than 253 characters, which no DNS name is.";
  if (name.split(".").some((label) => label === "" || label.length > 63)) {
    return `${excerpt(name)} is no DNS name: a part between two dots is empty or longer than 63 characters.`;
  }
  if (loopbackName) {
    return allowLoopback
      ? null
      : `${name} is this machine; only an engine in development mode calls apps there.`;
  }
  if (METADATA_NAMES.has(name)) return `${name} is a cloud metadata service, which is never called.`;
  // Names that only a private network answers. Their addresses would be refused anyway; saying so now, with the way
  // out, spares the operator the puzzle.
  if (allowedNetworks.length === 0 && (!name.includes(".") || PRIVATE_SUFFIX.test(name))) {
    return `${name} is a name of a private network. To call apps there, allow its network (CIDR) in the engine's egress policy.`;
  }
  return null;
}

const METADATA_NAMES = new Set([
  "metadata",
  "metadata.google.internal",
  "metadata.goog",
  "instance-data",
  "instance-data.ec2.internal",
]);
const PRIVATE_SUFFIX =
  /\.(internal|local|localdomain|svc|default|lan|intranet|corp|home|home\.arpa|in-addr\.arpa|ip6\.arpa)$/;
