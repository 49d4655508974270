/**
 * The first part of something an app sent, safe to put into a sentence, a log line or a terminal: one line, control
 * and format characters (which could forge log lines or reverse the reading order) written as `\u{..}`.
 */
export function excerpt(source: Uint8Array | string, limit = 200): string {
  // Four bytes are the longest UTF-8 character: enough bytes for `limit` characters, and never the whole 6 MiB.
  const text =
    typeof source === "string" ? source.slice(0, limit + 1) : lenient.decode(source.subarray(0, limit * 4));
  const visible = text
    .slice(0, limit)
    .replace(/\s+/gu, " ")
    .replace(/\p{C}/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
    .trim();
  return text.length > limit ? `${visible} ...` : visible;
}

const lenient = new TextDecoder();
