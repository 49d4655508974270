import { SECRET_BYTES_MAX, SECRET_BYTES_MIN } from "./limits.ts";
import { type MacKey, sha256 } from "./sha256.ts";

declare const prepared: unique symbol;

/** A secret ready to sign with. Opaque: it prints as nothing, and its bytes cannot be read back. */
export interface SigningKey {
  readonly [prepared]: true;
}

// Private fields keep the key out of JSON.stringify, util.inspect and structured logs.
class PreparedKey {
  readonly #key: MacKey;
  constructor(bytes: Uint8Array) {
    this.#key = sha256.prepareKey(bytes);
  }
  static keyOf(key: PreparedKey): MacKey {
    return key.#key;
  }
}

/** The key under a SigningKey; of this package, for this package. */
export function macKeyOf(key: SigningKey): MacKey {
  return PreparedKey.keyOf(key as unknown as PreparedKey);
}

function prepareKey(bytes: Uint8Array): SigningKey {
  return new PreparedKey(bytes) as unknown as SigningKey;
}

/**
 * Used by both sides in dev mode on loopback, where nobody was asked for a secret. It is public: it keeps one code
 * path (everything is always signed), it protects nothing. Neither side accepts it outside dev mode on loopback.
 */
export const DEV_SECRET: string = "whsec_ZHVyYWJsZSBkZXYgbW9kZSwgcHVibGljLCBub3QgYSBzZWNyZXQ=";

const PREFIX = "whsec_";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const HOW_TO_MAKE_ONE = "Make one with: echo whsec_$(openssl rand -base64 32)";

/**
 * Reads `whsec_<base64>`, 24 to 64 bytes when decoded.
 * @throws Error with a sentence that says what to do; it never contains the secret.
 */
export function parseSecret(text: string): SigningKey {
  if (!text.startsWith(PREFIX)) {
    throw new Error(`A signing secret must begin with "${PREFIX}". ${HOW_TO_MAKE_ONE}`);
  }
  const encoded = text.slice(PREFIX.length);
  if (!BASE64.test(encoded)) {
    throw new Error(
      `A signing secret must be "${PREFIX}" followed by plain base64 (A-Z a-z 0-9 + /); this one has other ` +
        `characters or is cut short. Copy it again, or make a new one. ${HOW_TO_MAKE_ONE}`,
    );
  }
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  if (bytes.length < SECRET_BYTES_MIN || bytes.length > SECRET_BYTES_MAX) {
    throw new Error(
      `A signing secret must hold ${SECRET_BYTES_MIN} to ${SECRET_BYTES_MAX} bytes; this one holds ` +
        `${bytes.length}. ${HOW_TO_MAKE_ONE}`,
    );
  }
  return prepareKey(bytes);
}

/**
 * Reads a list separated by white space: the first signs, all verify. So secrets rotate without downtime.
 * @throws Error when the list is empty or any entry is no secret; it never contains a secret.
 */
export function parseSecretList(text: string): SigningKey[] {
  const entries = text.split(/\s+/).filter((entry) => entry !== "");
  if (entries.length === 0) throw new Error(`There is no signing secret. ${HOW_TO_MAKE_ONE}`);
  return entries.map((entry, index) => {
    try {
      return parseSecret(entry);
    } catch (error) {
      if (entries.length === 1) throw error;
      throw new Error(
        `Entry ${index + 1} of the ${entries.length} signing secrets: ${(error as Error).message}`,
      );
    }
  });
}

/**
 * The key of the other direction: what an app sends is signed with it, so that an engine's request can never be
 * sent back to the engine as the app's word.
 */
export function replyKeyOf(secret: SigningKey): SigningKey {
  return prepareKey(macKeyOf(secret).mac("durable/v1/reply", ""));
}

/** What a token of a run is sealed with: it is shown to the world, so it is no key that signs anything else. */
export function tokenKeyOf(secret: SigningKey): SigningKey {
  return prepareKey(macKeyOf(secret).mac("durable/v1/token", ""));
}

/** What a run token is sealed with: it is in the hands of end users. */
export function runTokenKeyOf(secret: SigningKey): SigningKey {
  return prepareKey(macKeyOf(secret).mac("durable/v1/run-token", ""));
}
