import {
  DEV_SECRET,
  parseSecret,
  parseSecretList,
  replyKeyOf,
  type SigningKey,
} from "@durable/protocol/wire";
import { isDevMode, isLoopbackHost } from "../dev-mode.ts";
import { environment } from "../runtime.ts";

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

const prepared = new Map<string, readonly KeyPair[]>();

/**
 * The secrets in force: the option, else `DURABLE_SECRET`, else in dev mode the well-known one, which is good only for
 * requests that came to a loopback host (a page elsewhere may reach this port under a name of its own).
 * Empty means that every request is refused.
 */
export async function keysInForce(
  option: SecretOption | undefined,
  host: string | null,
): Promise<readonly KeyPair[]> {
  const given = typeof option === "function" ? await option() : option;
  const text = typeof given === "string" ? given : (given?.join(" ") ?? environment("DURABLE_SECRET"));
  if (text !== undefined && text.trim() !== "") return prepare(text);
  if (isDevMode() && host !== null && isLoopbackHost(host)) return prepare(DEV_SECRET);
  return [];
}

/** For what this side sends by itself. */
export async function ownKey(option: SecretOption | undefined): Promise<SigningKey | null> {
  const [pair] = await keysInForce(option, "localhost");
  return pair?.reply ?? null;
}

function prepare(text: string): readonly KeyPair[] {
  let pairs = prepared.get(text);
  if (pairs === undefined) {
    const keys = text.includes(" ") ? parseSecretList(text) : [parseSecret(text.trim())];
    pairs = keys.map((request) => ({ request, reply: replyKeyOf(request) }));
    if (prepared.size > 100) prepared.clear();
    prepared.set(text, pairs);
  }
  return pairs;
}
