import {
  JSON_DEPTH_MAX,
  JSON_KEY_BYTES_MAX,
  JSON_KEYS_MAX,
  parseJson,
  RawJson,
} from "@durable/protocol/wire";

// What user code will see must be ordinary objects, as JSON.parse makes them, and what comes in must be read strictly.
// A text that JSON.stringify writes back unchanged has no member twice, no odd spelling and nothing beside the value,
// so the two native functions decide the usual case; whatever else comes is read by the strict reader, which says what
// is wrong with it, or passes it.

/** Whose values user code sees. They stay text in the strict reader, so that it need not build them. */
const VALUES = { raw: new Set(["v", "data"]), numbers: "any" } as const;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
/** A character of a member's name has at most three bytes. */
const NAME_CHARACTERS = JSON_KEY_BYTES_MAX / 3;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws JsonProblem as `parseJson` does. */
export function readJson(body: Uint8Array | string): unknown {
  const text = typeof body === "string" ? body : decode(body);
  if (text !== null && isPlain(text)) {
    const value = parsedIfCanonical(text);
    if (value !== undefined) return value;
  }
  return revive(parseJson(body, VALUES));
}

function decode(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

function parsedIfCanonical(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Surely within the limits of a document, should it be one: no escaped character (NUL, half a surrogate pair), nothing
 * nested too deep, no name too long, not more members in all than one object may have.
 */
function isPlain(text: string): boolean {
  if (text.includes("\\u")) return false;
  let depth = 0;
  let members = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const start = at;
      at = endOfString(text, start);
      if (text.charCodeAt(at + 1) !== COLON) continue;
      members += 1;
      if (members > JSON_KEYS_MAX || at - start > NAME_CHARACTERS) return false;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > JSON_DEPTH_MAX) return false;
    } else if (code === 0x5d || code === 0x7d) depth -= 1;
  }
  return true;
}

/** Where the closing quote is; the end of the text without one. */
function endOfString(text: string, start: number): number {
  for (let end = start; ; ) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
}

/** Ordinary objects all the way down, and values as JSON.parse makes them. */
function revive(value: unknown): unknown {
  if (value instanceof RawJson) return JSON.parse(value.text);
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, revive(member)]));
}
