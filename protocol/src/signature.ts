// Standard Webhooks, scheme v1: HMAC-SHA256 over `id.timestamp.body`, so that its libraries verify what an engine
// sends. The body is signed as bytes; nothing is ever canonicalised.
import { SIGNATURE_HEADER_CHARACTERS_MAX, TIMESTAMP_TOLERANCE_S } from "./limits.ts";
import { macKeyOf, type SigningKey } from "./secret.ts";

const ENTRY_PREFIX = "v1,";
/** `v1,` and 32 bytes in base64. */
const ENTRY_CHARACTERS = 47;

/** A dot in the id would let one signature fit two splits of the same text: ("a.1", 2, "x") and ("a", 1, "2.x"). */
function canBeSigned(id: string, timestampS: number): boolean {
  return id !== "" && !id.includes(".") && Number.isSafeInteger(timestampS) && timestampS >= 0;
}

/**
 * One entry of the `webhook-signature` header: `v1,<base64>`. Join several with a space while secrets rotate.
 * @param timestampS Unix time in whole seconds (a line number for the lines of a stream).
 * @throws RangeError when the id is empty or contains a ".", or the timestamp is no whole number from 0.
 */
export function sign(key: SigningKey, id: string, timestampS: number, body: string | Uint8Array): string {
  if (!canBeSigned(id, timestampS)) {
    throw new RangeError("A signature needs an id without a dot and a timestamp in whole seconds.");
  }
  return ENTRY_PREFIX + macKeyOf(key).macBase64(`${id}.${timestampS}.`, body);
}

/**
 * Whether any `v1` entry of `header` was made by any of `keys` over exactly these bytes. Entries of other schemes
 * (`v1a`) are passed over. Never throws. It does not look at the clock: see `isTimestampInTolerance`.
 */
export function verify(
  keys: readonly SigningKey[],
  id: string,
  timestampS: number,
  body: string | Uint8Array,
  header: string,
): boolean {
  if (header.length > SIGNATURE_HEADER_CHARACTERS_MAX || !canBeSigned(id, timestampS)) return false;
  const entries = header.split(" ").filter((entry) => entry.startsWith(ENTRY_PREFIX));
  if (entries.length === 0) return false;
  const head = `${id}.${timestampS}.`;
  let valid = false;
  for (const key of keys) {
    const expected = ENTRY_PREFIX + macKeyOf(key).macBase64(head, body);
    for (const entry of entries) if (isSameInConstantTime(entry, expected)) valid = true;
  }
  return valid;
}

/** Compares text, not decoded bytes: base64 of 32 bytes has two spare bits, and only one spelling is the signature. */
function isSameInConstantTime(entry: string, expected: string): boolean {
  if (entry.length !== ENTRY_CHARACTERS) return false;
  let difference = 0;
  for (let i = 0; i < ENTRY_CHARACTERS; i++) difference |= entry.charCodeAt(i) ^ expected.charCodeAt(i);
  return difference === 0;
}

/** Reads the `webhook-timestamp` header: Unix seconds, or null when it is no plain whole number. */
export function parseTimestampS(header: string): number | null {
  return /^(?:0|[1-9][0-9]{0,11})$/.test(header) ? Number(header) : null;
}

/** Whether a signed timestamp is at most 300 s from the receiver's clock, to either side. Both in Unix seconds. */
export function isTimestampInTolerance(timestampS: number, nowS: number): boolean {
  return Math.abs(nowS - timestampS) <= TIMESTAMP_TOLERANCE_S;
}
