// The keys that only engines know (DURABLE_ENCRYPTION_KEY): what is read back from the database is sealed with them, and
// what the engine gives away and wants to know again is stamped.
//
//   seal   AES-256-GCM   v1.<key id>.<base64url of nonce, ciphertext and tag>
//   stamp  HMAC-SHA-256  base64url, by the first key; any of them is recognised
//
// Each use has a key of its own, derived from the same 32 bytes. The first key of the list seals and stamps, all of them
// open and recognise: so a key is rotated by putting the new one behind the old one, then before it, then alone.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Random } from "../runtime/ports.ts";

export const ENGINE_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface EngineKey {
  readonly id: string;
  readonly sealing: Buffer;
  readonly raw: Uint8Array;
}

export class EngineKeys {
  readonly #keys: readonly EngineKey[];
  readonly #random: Random;
  readonly #stampKeys = new Map<string, readonly Buffer[]>();

  /** @param keys At least one, of 32 bytes. */
  constructor(keys: readonly Uint8Array[], random: Random) {
    if (keys.length === 0) throw new Error("an engine needs an encryption key");
    this.#keys = keys.map((raw) => ({
      raw,
      id: derive(raw, "id").toString("hex").slice(0, 8),
      sealing: derive(raw, "seal"),
    }));
    this.#random = random;
  }

  /** Under which key a sealed text stands; null: it is no sealed text. */
  static keyIdOf(sealed: string): string | null {
    return /^v1\.([0-9a-f]{8})\./.exec(sealed)?.[1] ?? null;
  }

  get firstId(): string {
    return this.#keys[0]!.id;
  }

  has(keyId: string): boolean {
    return this.#keys.some(({ id }) => id === keyId);
  }

  /** @param place What it is and whose: sealed text that is put elsewhere does not open there. */
  seal(text: string, place: string): string {
    const { id, sealing } = this.#keys[0]!;
    const nonce = this.#random.bytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", sealing, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1.${id}.${sealed.toString("base64url")}`;
  }

  /** @throws when no key of the list sealed it, or not in this place. */
  open(sealed: string, place: string): string {
    const [, keyId = "", text = ""] = sealed.split(".");
    const key = this.#keys.find(({ id }) => id === keyId);
    if (key === undefined) {
      throw new Error(`${place} is sealed with key ${keyId}, which is not in DURABLE_ENCRYPTION_KEY`);
    }
    const bytes = Buffer.from(text, "base64url");
    const end = bytes.length - TAG_BYTES;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", key.sealing, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString(
      "utf8",
    );
  }

  /** @param use Of a closed set of words: no stamp is good for another use. */
  stamp(use: string, text: string): string {
    return hmac(this.#stampKeysOf(use)[0]!, text).toString("base64url");
  }

  isStamped(use: string, text: string, stamp: string): boolean {
    const given = Buffer.from(stamp, "base64url");
    return this.#stampKeysOf(use).some((key) => {
      const made = hmac(key, text);
      return given.length === made.length && timingSafeEqual(given, made);
    });
  }

  /** One that is good until then, in seconds since 1970. */
  stampUntil(use: string, text: string, untilS: number): string {
    return `${untilS}.${this.stamp(use, `${untilS} ${text}`)}`;
  }

  isStampedStill(use: string, text: string, given: string, nowS: number): boolean {
    const [, until = "", stamp = ""] = /^(\d{1,12})\.([\w-]{43})$/.exec(given) ?? [];
    return stamp !== "" && nowS < Number(until) && this.isStamped(use, `${Number(until)} ${text}`, stamp);
  }

  #stampKeysOf(use: string): readonly Buffer[] {
    const known = this.#stampKeys.get(use);
    if (known !== undefined) return known;
    const made = this.#keys.map(({ raw }) => derive(raw, `stamp ${use}`));
    this.#stampKeys.set(use, made);
    return made;
  }
}

function derive(raw: Uint8Array, use: string): Buffer {
  return Buffer.from(hkdfSync("sha256", raw, "", `durable ${use}`, ENGINE_KEY_BYTES));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
