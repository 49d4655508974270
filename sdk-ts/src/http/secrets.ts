import { DEV_SECRET, parseSecretList, replyKeyOf, type SigningKey } from "@durable/protocol/wire";
import { isDevMode, isLoopbackAddress, isLoopbackHost } from "../dev-mode.ts";
import { environment } from "../runtime/environment.ts";
import { isPassedOn } from "./passed-on.ts";
import type { WireRequest } from "./wire-message.ts";

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

/** What tells where a request comes from. */
type Origin = Pick<WireRequest, "header" | "remoteAddress">;

/** Answers the secrets in force for a request from there; none means that it is refused. */
export type KeySource = (origin: Origin) => readonly KeyPair[] | Promise<readonly KeyPair[]>;

const NO_KEYS: readonly KeyPair[] = [];

/**
 * The option, else `DURABLE_SECRET`, else in dev mode the well-known one, which is good only for requests from
 * this machine. The environment is read once, at the first request: by then every host has filled it in.
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
  return (origin) => {
    if (configured === undefined) {
      configured = prepare(textOf(option ?? environment("DURABLE_SECRET") ?? ""));
      if (configured.length === 0 && isDevMode()) forLoopback = prepare(DEV_SECRET);
    }
    if (configured.length > 0) return configured;
    return isFromHere(origin) ? forLoopback : NO_KEYS;
  };
}

/**
 * Whether it came to a loopback host (a page elsewhere may reach this port under a name of its own), from this machine where
 * the runtime says from where, and through no proxy that stands before others.
 */
function isFromHere(origin: Origin): boolean {
  const { remoteAddress } = origin;
  const host = origin.header("host");
  const isLocal = remoteAddress === undefined || isLoopbackAddress(remoteAddress);
  return isLocal && !!host && isLoopbackHost(host) && !isPassedOn(origin);
}

/** This process itself is here. */
const ITSELF: Origin = { header: (name) => (name === "host" ? "localhost" : undefined) };

/** What this side signs and seals with by itself, or null without a secret. */
export async function ownKeys(keys: KeySource): Promise<KeyPair | null> {
  const [pair] = await keys(ITSELF);
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
