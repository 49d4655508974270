import { JsonProblem } from "./json-problem.ts";

// ignoreBOM keeps the mark in the text, where it can be refused; without it the decoder would swallow it.
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws JsonProblem `invalid-encoding` with the offset of the first byte that begins no character. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new JsonProblem("invalid-encoding", "The body is not valid UTF-8.", invalidAt(bytes), "");
  }
}

/** A decoder does not say where it failed. Only called once it has. */
function invalidAt(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length) {
    const length = characterBytes(bytes, at);
    if (length === 0) break;
    at += length;
  }
  return at;
}

/** The bytes of the character that begins at `at`, or 0 when none does (Unicode 16, table 3-7). */
function characterBytes(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  // Overlong forms, surrogates and what lies beyond U+10FFFF all show in the second byte.
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}
