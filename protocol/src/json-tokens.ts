// The tokens of strict JSON: strings, numbers, literals and the space between them, and what to say when one is
// missing. The structure above them is in json.ts.
import { JsonProblem, type JsonProblemCode, pointerAt, UNSUPPORTED } from "./json-problem.ts";

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const DOT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

/** Whole numbers of so many digits are exact whatever the digits. */
const SAFE_DIGITS = 15;

const utf8 = new TextEncoder();

/** A place in a text, and how to move it over one token. */
export class JsonTokens {
  protected readonly text: string;
  protected at = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected skipSpace(): void {
    let code = this.text.charCodeAt(this.at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09)
      code = this.text.charCodeAt(++this.at);
  }

  protected literal<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.unexpected("A JSON value was expected");
    this.at += word.length;
    return value;
  }

  protected string(): string {
    const start = this.at + 1;
    this.plainCharacters(start);
    if (this.text.charCodeAt(this.at) === QUOTE) return this.text.slice(start, this.at++);
    return this.stringWithEscapes(start);
  }

  protected checkString(): void {
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
    if (code === 0) this.refuse("unsupported-character", UNSUPPORTED.nul);
    if (code < 0xd800 || code > 0xdfff) {
      this.at += 6;
      return String.fromCharCode(code);
    }
    const isEscaped = this.text.startsWith("\\u", this.at + 6);
    const low = isEscaped ? this.hex4(this.at + 8) : Number.NaN;
    if (!isPair(code, low)) this.refuse("unsupported-character", UNSUPPORTED.half);
    this.at += 12;
    return String.fromCharCode(code, low);
  }

  private hex4(from: number): number {
    const digits = this.text.slice(from, from + 4);
    if (!HEX4.test(digits)) this.unexpected("\\u must be followed by four hex digits");
    return Number.parseInt(digits, 16);
  }

  protected number(isExact: boolean): number {
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

  /** Refuses the character at the present place, by what it is. */
  protected unexpected(expected: string): never {
    const code = this.text.charCodeAt(this.at);
    if (code === 0) return this.refuse("unsupported-character", "The character NUL is not supported.");
    if (code >= 0xd800 && code <= 0xdfff && !isPair(code, this.text.charCodeAt(this.at + 1))) {
      return this.refuse("unsupported-character", UNSUPPORTED.half);
    }
    const found = Number.isNaN(code) ? ", but the text ends here." : ".";
    return this.refuse("malformed-json", `The body is not JSON: ${expected}${found}`);
  }

  protected refuse(code: JsonProblemCode, sentence: string): never {
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

function isPair(high: number, low: number): boolean {
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
