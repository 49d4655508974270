// Strict JSON: what one side reads, the other side meant, and nothing else. JSON.parse takes the last of two equal
// keys, lets half surrogate pairs and NUL through to a database that refuses them, rounds 2^53+1 in silence and
// overflows the stack on deep input. One pass over the text, no state kept but the position.

import { JsonProblem, type JsonProblemCode, pointerAt } from "./json-problem.ts";
import { JSON_DEPTH_MAX, JSON_KEY_BYTES_MAX, JSON_KEYS_MAX } from "./limits.ts";

/** A value kept as the text received: 1.0, 2^53+1, the order of keys and white space survive. Write with writeJson. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  /** JSON.stringify would have to parse, and so change, what is kept here as received. */
  toJSON(): never {
    throw new TypeError("A RawJson keeps its text only through writeJson; JSON.stringify cannot write it.");
  }
}

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
 * Reads one JSON document. Objects have no prototype, so that `__proto__` is a member like any other.
 * @throws JsonProblem with code, byte offset and pointer.
 */
export function parseJson(source: Uint8Array | string, options?: ParseJsonOptions): unknown {
  const text = typeof source === "string" ? source : decode(source);
  return new Reader(text, options).document();
}

// ignoreBOM keeps the mark in the text, where it can be refused; without it the decoder would swallow it.
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8 = new TextEncoder();

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    const mended = utf8.encode(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
    const offset = bytes.findIndex((byte, index) => byte !== mended[index]);
    throw new JsonProblem("invalid-encoding", "The body is not valid UTF-8.", offset, "");
  }
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Whole numbers of so many digits are exact whatever the digits. */
const SAFE_DIGITS = 15;
/** Up to so many keys, comparing each pair is cheaper than a Set. */
const FEW_KEYS = 16;

const NO_RAW: ReadonlySet<string> = new Set();

class Reader {
  private readonly text: string;
  private readonly raw: ReadonlySet<string>;
  private readonly maxDepth: number;
  private readonly maxKeys: number;
  private readonly maxKeyBytes: number;
  private readonly isExact: boolean;
  private at = 0;

  constructor(text: string, options: ParseJsonOptions = {}) {
    this.text = text;
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
    const object: Record<string, unknown> = Object.create(null);
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
      this.refuse("too-complex", `JSON may be nested at most ${this.maxDepth} deep.`);
    }
    this.at++;
    this.skipSpace();
  }

  /** Reads `"name" :` up to the first character of the value. */
  private key(count: number): string {
    if (count > this.maxKeys) {
      this.refuse("too-complex", `An object may have at most ${this.maxKeys} members.`);
    }
    const start = this.at;
    if (this.text.charCodeAt(start) !== QUOTE)
      this.unexpected("A member's name in double quotes was expected");
    const key = this.string();
    // No UTF-16 unit takes more than three bytes.
    if (key.length * 3 > this.maxKeyBytes && utf8.encode(key).length > this.maxKeyBytes) {
      this.at = start;
      this.refuse("too-complex", `A member's name may have at most ${this.maxKeyBytes} bytes.`);
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

  private string(): string {
    const start = this.at + 1;
    this.plainCharacters(start);
    if (this.text.charCodeAt(this.at) === QUOTE) return this.text.slice(start, this.at++);
    return this.stringWithEscapes(start);
  }

  private checkString(): void {
    this.plainCharacters(this.at + 1);
    if (this.text.charCodeAt(this.at) === QUOTE) this.at++;
    else this.stringWithEscapes(this.at);
  }

  /** Moves to the first character that is not simply itself: a quote, a backslash, or one to refuse. */
  private plainCharacters(from: number): void {
    const text = this.text;
    let at = from;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE || code === BACKSLASH || code < 0x20) break;
      if (code >= 0xd800 && code <= 0xdfff) {
        if (!isPair(code, text.charCodeAt(at + 1))) break;
        at++;
      }
    }
    this.at = at;
  }

  private stringWithEscapes(start: number): string {
    const text = this.text;
    let value = text.slice(start, this.at);
    for (;;) {
      const code = text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.at++;
        return value;
      }
      if (code !== BACKSLASH)
        this.unexpected("A string must be closed, and control characters in it escaped");
      value += this.escape();
      const from = this.at;
      this.plainCharacters(from);
      value += text.slice(from, this.at);
    }
  }

  private escape(): string {
    const letter = this.text.charAt(this.at + 1);
    if (letter !== "u") {
      const character = ESCAPES[letter];
      if (character === undefined)
        this.unexpected('A backslash must be followed by one of " \\ / b f n r t u');
      this.at += 2;
      return character;
    }
    const code = this.hex4(this.at + 2);
    if (code === 0) this.refuse("unsupported-character", "The character NUL (\\u0000) is not supported.");
    if (code < 0xd800 || code > 0xdfff) {
      this.at += 6;
      return String.fromCharCode(code);
    }
    const isEscaped = this.text.startsWith("\\u", this.at + 6);
    const low = isEscaped ? this.hex4(this.at + 8) : Number.NaN;
    if (!isPair(code, low)) this.refuse("unsupported-character", LONE_SURROGATE);
    this.at += 12;
    return String.fromCharCode(code, low);
  }

  private hex4(from: number): number {
    const digits = this.text.slice(from, from + 4);
    if (!HEX4.test(digits)) this.unexpected("\\u must be followed by four hex digits");
    return Number.parseInt(digits, 16);
  }

  private number(isExact: boolean): number {
    const text = this.text;
    const start = this.at;
    let at = start;
    if (text.charCodeAt(at) === MINUS) at++;
    const digits = at;
    let whole = 0;
    let code = text.charCodeAt(at);
    for (; code >= ZERO && code <= NINE; code = text.charCodeAt(++at)) whole = whole * 10 + (code - ZERO);
    this.at = at;
    if (at === digits) this.unexpected("A digit was expected");
    if (at > digits + 1 && text.charCodeAt(digits) === ZERO) {
      this.at = digits + 1;
      this.unexpected("A number must not begin with 0");
    }
    const isWhole = code !== DOT && (code | 0x20) !== 0x65;
    if (isWhole && at - digits <= SAFE_DIGITS) return digits === start ? whole : -whole;
    if (!isWhole) this.fractionAndExponent();
    const value = Number(text.slice(start, this.at));
    if (isExact && (isWhole ? !Number.isSafeInteger(value) : !Number.isFinite(value))) {
      this.at = start;
      this.refuse(
        "number-out-of-range",
        "A number is not exact as a double: whole numbers go to 2^53-1 either way. Send it as a string.",
      );
    }
    return value;
  }

  private fractionAndExponent(): void {
    if (this.text.charCodeAt(this.at) === DOT) {
      this.at++;
      this.digits();
    }
    if ((this.text.charCodeAt(this.at) | 0x20) === 0x65) {
      this.at++;
      const sign = this.text.charCodeAt(this.at);
      if (sign === MINUS || sign === 0x2b) this.at++;
      this.digits();
    }
  }

  private digits(): void {
    const start = this.at;
    let code = this.text.charCodeAt(start);
    while (code >= ZERO && code <= NINE) code = this.text.charCodeAt(++this.at);
    if (this.at === start) this.unexpected("A digit was expected");
  }

  private literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.unexpected("A JSON value was expected");
    this.at += word.length;
    return value;
  }

  private skipSpace(): void {
    let code = this.text.charCodeAt(this.at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
      code = this.text.charCodeAt(++this.at);
  }

  private duplicate(keyStart: number): never {
    this.at = keyStart;
    return this.refuse("duplicate-key", "An object has two members of the same name.");
  }

  /** Refuses the character at the present place, by what it is. */
  private unexpected(expected: string): never {
    const code = this.text.charCodeAt(this.at);
    if (code === 0) return this.refuse("unsupported-character", "The character NUL is not supported.");
    if (code >= 0xd800 && code <= 0xdfff && !isPair(code, this.text.charCodeAt(this.at + 1))) {
      return this.refuse("unsupported-character", LONE_SURROGATE);
    }
    const found = Number.isNaN(code) ? ", but the text ends here." : ".";
    return this.refuse("malformed-json", `The body is not JSON: ${expected}${found}`);
  }

  private refuse(code: JsonProblemCode, sentence: string): never {
    const offset = utf8.encode(this.text.slice(0, this.at)).length;
    throw new JsonProblem(code, sentence, offset, pointerAt(this.text, this.at));
  }
}

const ESCAPES: Record<string, string> = Object.assign(Object.create(null), {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
});
const HEX4 = /^[0-9a-fA-F]{4}$/;
const LONE_SURROGATE = "Half a surrogate pair is no character and is not supported.";

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
