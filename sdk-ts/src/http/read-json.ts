import { JSON_DEPTH_MAX, parseJson, RawJson } from "@durable/protocol/wire";

// What user code will see must be ordinary objects, as JSON.parse makes them, and what comes in must be read strictly.
// A text that JSON.stringify writes back unchanged has no member twice, no odd spelling and nothing beside the value,
// so the two native functions decide the usual case; whatever else comes is read by the strict reader, which says what
// is wrong with it, or passes it.

/** Whose values user code sees. They stay text in the strict reader, so that it need not build them. */
const VALUES = { raw: new Set(["v", "data"]), numbers: "any" } as const;
/** A shorter text cannot hold a member's name, or a number of members, that is refused. */
const SURELY_SIMPLE_CHARACTERS = 50_000;

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

/** No escaped character (NUL, half a surrogate pair), and too few brackets to nest too deep. */
function isPlain(text: string): boolean {
  if (text.length > SURELY_SIMPLE_CHARACTERS || text.includes("\\u")) return false;
  let opened = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) opened += 1;
  }
  return opened <= JSON_DEPTH_MAX;
}

/** Ordinary objects all the way down, and values as JSON.parse makes them. */
function revive(value: unknown): unknown {
  if (value instanceof RawJson) return JSON.parse(value.text);
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, revive(member)]));
}
