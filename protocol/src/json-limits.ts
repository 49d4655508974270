// What a strict reader refuses of a text that JSON.parse takes. Whose runtime has a quick JSON.parse needs no reader of its
// own beside it, only this look: a seventh of one.
import { DUPLICATE, type JsonProblemCode, pointerAt, tooComplex, UNSUPPORTED } from "./json-problem.ts";
import { JSON_DEPTH_MAX, JSON_KEY_BYTES_MAX, JSON_KEYS_MAX } from "./limits.ts";

const QUOTE = 0x22;
const SPACE = 0x20;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Up to so many names, comparing each is cheaper than a Set. */
const FEW_NAMES = 16;
const LONE_SURROGATE = /\p{Cs}/u;

const utf8 = new TextEncoder();

/** Why a strict reader refuses it, as its JsonProblem says. */
export interface JsonLimitProblem {
  readonly code: JsonProblemCode;
  readonly sentence: string;
  /** UTF-16 units before the value, or the name, that is wrong. */
  readonly at: number;
  readonly pointer: string;
}

/**
 * Null when a strict reader takes the text. Of one that is no JSON it tells just as surely that it is nested too deep, and
 * ends; so it can be asked before JSON.parse, which such a text costs a multiple of its size.
 * @param maxDepth Nesting allowed.
 * @param text With whole characters: half a surrogate pair only as an escape.
 * @throws SyntaxError for some texts that are no JSON.
 */
export function jsonLimitProblem(text: string, maxDepth: number = JSON_DEPTH_MAX): JsonLimitProblem | null {
  /** Of the objects around; null for an array. */
  const around: (Names | null)[] = [];
  let start = 0;
  const refused = (code: JsonProblemCode, sentence: string): JsonLimitProblem => {
    return { code, sentence, at: start, pointer: pointerAt(text, start) };
  };
  for (let at = 0; at < text.length; at++) {
    start = at;
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, start);
      const names = isColonNext(text, at + 1) ? around[around.length - 1] : undefined;
      let value = text.slice(start + 1, at);
      if (names?.count === JSON_KEYS_MAX) return refused("too-complex", tooComplex.members(JSON_KEYS_MAX));
      if (value.includes(names ? "\\" : "\\u")) {
        value = JSON.parse(text.slice(start, at + 1)) as string;
        if (value.includes("\0")) return refused("unsupported-character", UNSUPPORTED.nul);
        if (LONE_SURROGATE.test(value)) return refused("unsupported-character", UNSUPPORTED.half);
      }
      if (names == null) continue;
      if (isLong(value)) return refused("too-complex", tooComplex.name(JSON_KEY_BYTES_MAX));
      if (!names.add(value)) return refused("duplicate-key", DUPLICATE);
    } else if (code === 0x5b || code === 0x7b) {
      if (around.push(code === 0x7b ? new Names() : null) > maxDepth)
        return refused("too-complex", tooComplex.depth(maxDepth));
    } else if (code === 0x5d || code === 0x7d) around.pop();
  }
  return null;
}

/** The names of one object, so far. */
class Names {
  count = 0;
  #names: string[] | Set<string> = [];

  /** Whether it is a new one. */
  add(name: string): boolean {
    this.count += 1;
    if (this.#names instanceof Set) return this.#names.size < this.#names.add(name).size;
    if (this.#names.includes(name)) return false;
    this.#names.push(name);
    if (this.count === FEW_NAMES) this.#names = new Set(this.#names);
    return true;
  }
}

/** No UTF-16 unit takes more than three bytes. */
function isLong(name: string): boolean {
  return name.length * 3 > JSON_KEY_BYTES_MAX && utf8.encode(name).length > JSON_KEY_BYTES_MAX;
}

/** Whether a string that ends before it is a name. */
function isColonNext(text: string, from: number): boolean {
  let at = from;
  while (text.charCodeAt(at) <= SPACE) at++;
  return text.charCodeAt(at) === COLON;
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
