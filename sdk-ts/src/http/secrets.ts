import { DEV_SECRET, parseSecretList, replyKeyOf, type SigningKey } from "@durable/protocol/wire";
import { isDevMode, isLoopbackAddress, isLoopbackHost } from "../dev-mode.ts";
import { environment } from "../runtime/environment.ts";

/** A secret, several while they rotate, or a function that looks them up for each request. */
export type SecretOption =
  | string
  | readonly string[]
  | (() => string | readonly string[] | Promise<string | readonly string[]>);

export interface KeyPair {
  /** What the engine signs with. */
  readonly request: SigningKey;
  /** What this side signs with. */
  readonly reply: SigningKey;
}

/** Answers the secrets in force for a request to this host, from this address; none means that it is refused. */
export type KeySource = (
  host: string | null | undefined,
  remoteAddress: string | undefined,
) => readonly KeyPair[] | Promise<readonly KeyPair[]>;

const NO_KEYS: readonly KeyPair[] = [];

/**
 * The option, else `DURABLE_SECRET`, else in dev mode the well-known one, which is good only for requests that came to
 * a loopback host (a page elsewhere may reach this port under a name of its own), from this machine where the runtime says
 * from where. The environment is read once, at the
 * first request: by then every host has filled it in.
 */
export function createKeySource(option: SecretOption | undefined): KeySource {
  if (typeof option === "function") {
    const prepared = new Map<string, readonly KeyPair[]>();
    return async () => {
      const text = textOf(await option());
      let pairs = prepared.get(text);
      if (pairs === undefined) {
        if (prepared.size >= 100) prepared.clear();
        pairs = prepare(text);
        prepared.set(text, pairs);
      }
      return pairs;
    };
  }
  let configured: readonly KeyPair[] | undefined;
  let forLoopback = NO_KEYS;
  return (host, remoteAddress) => {
    if (configured === undefined) {
      configured = prepare(textOf(option ?? environment("DURABLE_SECRET") ?? ""));
      if (configured.length === 0 && isDevMode()) forLoopback = prepare(DEV_SECRET);
    }
    if (configured.length > 0) return configured;
    const isLocal = remoteAddress === undefined || isLoopbackAddress(remoteAddress);
    return isLocal && host && isLoopbackHost(host) ? forLoopback : NO_KEYS;
  };
}

/** What this side signs and seals with by itself, or null without a secret. */
export async function ownKeys(keys: KeySource): Promise<KeyPair | null> {
  const [pair] = await keys("localhost", undefined);
  return pair ?? null;
}

function textOf(given: string | readonly string[]): string {
  return (typeof given === "string" ? given : given.join(" ")).trim();
}

/** @throws Error with what to do when a secret is none. */
function prepare(text: string): readonly KeyPair[] {
  if (text === "") return NO_KEYS;
  return parseSecretList(text).map((request) => ({ request, reply: replyKeyOf(request) }));
}
