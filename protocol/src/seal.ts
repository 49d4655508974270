// What an app gives away and the engine knows again: text with a seal, made with a key that is derived from a secret.
import type { SigningKey } from "./secret.ts";
import { sign, verify } from "./signature.ts";

const SIGNATURE_PREFIX = "v1,";
/** base64url of 32 bytes. */
const SEAL = /^[A-Za-z0-9_-]{43}$/;

/** base64url of a `webhook-signature` over the text, with the use as its id and the timestamp 0. */
export function sealOf(key: SigningKey, use: string, text: string): string {
  return toUrl(sign(key, use, 0, text).slice(SIGNATURE_PREFIX.length));
}

/** Whether one of these keys made the seal. */
export function isSealOf(keys: readonly SigningKey[], use: string, text: string, seal: string): boolean {
  if (!SEAL.test(seal)) return false;
  const signature = `${SIGNATURE_PREFIX}${seal.replaceAll("-", "+").replaceAll("_", "/")}=`;
  return verify(keys, use, 0, text, signature);
}

/** @param text Plain ASCII. */
export function encodeUrl(text: string): string {
  return toUrl(btoa(text));
}

/** Empty for what is no base64url. */
export function decodeUrl(base64url: string): string {
  try {
    return atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return "";
  }
}

function toUrl(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
