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

const REPLACEMENT = "\ufffd";

/** A decoder does not say where it failed; a lenient one marks the place, like any real U+FFFD of the text. */
function invalidAt(bytes: Uint8Array): number {
  const utf8 = new TextEncoder();
  let offset = 0;
  for (const part of new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split(REPLACEMENT)) {
    offset += utf8.encode(part).length;
    const isReal = bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd;
    if (!isReal) break;
    offset += 3;
  }
  return offset;
}
