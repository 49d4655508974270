// Strict JSON: what one side reads, the other side meant, and nothing else. JSON.parse takes the last of two equal
// names, lets half surrogate pairs and NUL through to a database that refuses them, rounds 2^53+1 in silence and
// overflows the stack on deep input. One pass over the text, no state kept but the position.

import { DUPLICATE, tooComplex } from "./json-problem.ts";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  JsonTokens,
  MINUS,
  NINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  ZERO,
} from "./json-tokens.ts";
import { JSON_DEPTH_MAX, JSON_KEY_BYTES_MAX, JSON_KEYS_MAX } from "./limits.ts";
import { RawJson } from "./raw-json.ts";
import { decodeUtf8 } from "./utf8.ts";

export interface ParseJsonOptions {
  /** Members with these names, at any depth outside another raw value, are checked but kept as RawJson. */
  raw?: ReadonlySet<string>;
  /** Nesting allowed; 100 unless told. */
  maxDepth?: number;
  /** Members allowed in one object; 10,000 unless told. */
  maxKeys?: number;
  /** UTF-8 bytes allowed in one member's name; 1,024 unless told. */
  maxKeyBytes?: number;
  /**
   * "exact" (unless told) refuses whole numbers beyond +-(2^53-1) and numbers too large for a double; "any" reads
   * them as JSON.parse does. Numbers inside raw values are never judged: they stay text.
   */
  numbers?: "exact" | "any";
}

/**
 * Reads one JSON document. Objects inherit nothing, so that `__proto__` is a member like any other.
 * @throws JsonProblem with code, byte offset and pointer.
 */
export function parseJson(source: Uint8Array | string, options?: ParseJsonOptions): unknown {
  const text = typeof source === "string" ? source : decodeUtf8(source);
  return new Reader(text, options).document();
}

/** Up to so many names, comparing each pair is cheaper than a Set. */
const FEW_KEYS = 16;
const NO_RAW: ReadonlySet<string> = new Set();
const utf8 = new TextEncoder();

/**
 * An object that inherits nothing. One made by `Object.create(null)` is a hash table to V8: filling and reading it made
 * a document four times as slow to read.
 */
class Members {
  [name: string]: unknown;
  static {
    Reflect.deleteProperty(Members.prototype, "constructor");
    Object.setPrototypeOf(Members.prototype, null);
    Object.freeze(Members.prototype);
  }
}

class Reader extends JsonTokens {
  private readonly raw: ReadonlySet<string>;
  private readonly maxDepth: number;
  private readonly maxKeys: number;
  private readonly maxKeyBytes: number;
  private readonly isExact: boolean;

  constructor(text: string, options: ParseJsonOptions = {}) {
    super(text);
    this.raw = options.raw ?? NO_RAW;
    this.maxDepth = options.maxDepth ?? JSON_DEPTH_MAX;
    this.maxKeys = options.maxKeys ?? JSON_KEYS_MAX;
    this.maxKeyBytes = options.maxKeyBytes ?? JSON_KEY_BYTES_MAX;
    this.isExact = options.numbers !== "any";
  }

  document(): unknown {
    if (this.text.charCodeAt(0) === 0xfeff) {
      this.refuse("invalid-encoding", "The body begins with a byte order mark; send UTF-8 without one.");
    }
    this.skipSpace();
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) this.unexpected("Nothing may follow the JSON value");
    return value;
  }

  private value(depth: number): unknown {
    const code = this.text.charCodeAt(this.at);
    switch (code) {
      case QUOTE:
        return this.string();
      case OPEN_BRACE:
        return this.object(depth + 1);
      case OPEN_BRACKET:
        return this.array(depth + 1);
      case 0x74:
        return this.literal("true", true);
      case 0x66:
        return this.literal("false", false);
      case 0x6e:
        return this.literal("null", null);
      default:
        if (code === MINUS || (code >= ZERO && code <= NINE)) return this.number(this.isExact);
        return this.unexpected("A JSON value was expected");
    }
  }

  private object(depth: number): unknown {
    this.enter(depth);
    const object = new Members();
    if (this.text.charCodeAt(this.at) === CLOSE_BRACE) {
      this.at++;
      return object;
    }
    for (let count = 1; ; count++) {
      const start = this.at;
      const key = this.key(count);
      // No JSON value is undefined, so what is not undefined was there before.
      if (object[key] !== undefined) this.duplicate(start);
      if (this.raw.has(key)) {
        const from = this.at;
        this.check(depth);
        object[key] = new RawJson(this.text.slice(from, this.at));
      } else object[key] = this.value(depth);
      if (this.endsAfterMember(CLOSE_BRACE, "A comma or } was expected")) return object;
    }
  }

  private array(depth: number): unknown[] {
    this.enter(depth);
    const array: unknown[] = [];
    if (this.text.charCodeAt(this.at) === CLOSE_BRACKET) {
      this.at++;
      return array;
    }
    for (;;) {
      array.push(this.value(depth));
      if (this.endsAfterMember(CLOSE_BRACKET, "A comma or ] was expected")) return array;
    }
  }

  /** The same grammar as `value`, building nothing: for what is kept as received. */
  private check(depth: number): void {
    const code = this.text.charCodeAt(this.at);
    if (code === QUOTE) this.checkString();
    else if (code === OPEN_BRACE) this.checkObject(depth + 1);
    else if (code === OPEN_BRACKET) this.checkArray(depth + 1);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) this.number(false);
    else this.value(depth);
  }

  private checkObject(depth: number): void {
    this.enter(depth);
    if (this.text.charCodeAt(this.at) === CLOSE_BRACE) {
      this.at++;
      return;
    }
    const keys: string[] = [];
    let many: Set<string> | null = null;
    for (let count = 1; ; count++) {
      const start = this.at;
      const key = this.key(count);
      if (many === null && count > FEW_KEYS) many = new Set(keys);
      if (many === null ? keys.includes(key) : many.has(key)) this.duplicate(start);
      if (many === null) keys.push(key);
      else many.add(key);
      this.check(depth);
      if (this.endsAfterMember(CLOSE_BRACE, "A comma or } was expected")) return;
    }
  }

  private checkArray(depth: number): void {
    this.enter(depth);
    if (this.text.charCodeAt(this.at) === CLOSE_BRACKET) {
      this.at++;
      return;
    }
    do this.check(depth);
    while (!this.endsAfterMember(CLOSE_BRACKET, "A comma or ] was expected"));
  }

  private enter(depth: number): void {
    if (depth > this.maxDepth) {
      this.refuse("too-complex", tooComplex.depth(this.maxDepth));
    }
    this.at++;
    this.skipSpace();
  }

  /** Reads `"name" :` up to the first character of the value. */
  private key(count: number): string {
    if (count > this.maxKeys) {
      this.refuse("too-complex", tooComplex.members(this.maxKeys));
    }
    const start = this.at;
    if (this.text.charCodeAt(start) !== QUOTE)
      this.unexpected("A member's name in double quotes was expected");
    const key = this.string();
    // No UTF-16 unit takes more than three bytes.
    if (key.length * 3 > this.maxKeyBytes && utf8.encode(key).length > this.maxKeyBytes) {
      this.at = start;
      this.refuse("too-complex", tooComplex.name(this.maxKeyBytes));
    }
    this.skipSpace();
    if (this.text.charCodeAt(this.at) !== COLON) this.unexpected("A colon was expected");
    this.at++;
    this.skipSpace();
    return key;
  }

  /** Reads `,` or the closing character, with the space around; true when it closed. */
  private endsAfterMember(close: number, expected: string): boolean {
    this.skipSpace();
    const code = this.text.charCodeAt(this.at);
    if (code !== COMMA && code !== close) this.unexpected(expected);
    this.at++;
    if (code === close) return true;
    this.skipSpace();
    return false;
  }

  private duplicate(keyStart: number): never {
    this.at = keyStart;
    return this.refuse("duplicate-key", DUPLICATE);
  }
}
