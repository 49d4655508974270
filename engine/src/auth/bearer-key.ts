import { createHash } from "node:crypto";
import type { Random } from "../runtime/ports.ts";
import { SCOPES } from "./actor.ts";

/** `send` is an event key, which can do nothing else; the others are API keys. */
export const KEY_SCOPES = ["send", ...SCOPES] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** Secret scanners and people recognise a key by its beginning. */
export const EVENT_KEY_PREFIX = "evk_";
export const API_KEY_PREFIX = "dk_";
/** What is kept in the clear beside that, so that a person can tell keys apart: so many of 43 characters. */
const SHOWN_CHARACTERS = 6;

export interface NewKey {
  /** Shown once, then only its hash is known. */
  readonly key: string;
  readonly sha256: Buffer;
  readonly prefix: string;
}

/** 256 random bits need no salt and no slow hash: there is nothing to guess. */
export function makeKey(random: Random, scope: KeyScope): NewKey {
  const beginning = scope === "send" ? EVENT_KEY_PREFIX : API_KEY_PREFIX;
  const key = beginning + Buffer.from(random.bytes(32)).toString("base64url");
  return { key, sha256: hashKey(key), prefix: key.slice(0, beginning.length + SHOWN_CHARACTERS) };
}

export function isKey(token: string): boolean {
  return token.startsWith(EVENT_KEY_PREFIX) || token.startsWith(API_KEY_PREFIX);
}

export function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
