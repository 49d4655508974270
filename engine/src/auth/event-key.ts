import { createHash } from "node:crypto";
import type { Random } from "../runtime/ports.ts";

/** Secret scanners and people recognise a key by it. */
export const EVENT_KEY_PREFIX = "evk_";
/** What is kept in the clear, so that a person can tell keys apart: the prefix and 6 of 43 characters. */
const SHOWN_CHARACTERS = 10;

export interface NewEventKey {
  /** Shown once, then only its hash is known. */
  readonly key: string;
  readonly sha256: Buffer;
  readonly prefix: string;
}

/** 256 random bits need no salt and no slow hash: there is nothing to guess. */
export function makeEventKey(random: Random): NewEventKey {
  const key = EVENT_KEY_PREFIX + Buffer.from(random.bytes(32)).toString("base64url");
  return { key, sha256: hashEventKey(key), prefix: key.slice(0, SHOWN_CHARACTERS) };
}

export function hashEventKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
