// Lines of a request that stays open: `v1,<base64> <json>`, each signed by itself, over the id of the request and the
// line's number, so that none is lost, doubled or moved without being noticed.

import type { SigningKey } from "./secret.ts";
import { sign, verify } from "./signature.ts";

const NEWLINE = 0x0a;
const SPACE = 0x20;
const BRACE = 0x7b;
/** Entries of signatures stand before the JSON: where secrets rotate, a few. */
const SIGNATURES_BYTES_MAX = 512;

const ascii = new TextDecoder("latin1");

/**
 * One line, with its end. `number` counts the lines of this direction from 1.
 * @param keys All in force, newest first: the receiver may know any of them.
 */
export function signedLine(keys: readonly SigningKey[], id: string, number: number, json: string): string {
  const text = lineOf(json);
  let signatures = "";
  for (const key of keys) signatures += `${sign(key, id, number, text)} `;
  return `${signatures}${text}\n`;
}

/** JSON as one line. Line breaks stand only between its tokens, where they mean nothing. */
export function lineOf(json: string): string {
  return json.includes("\n") || json.includes("\r") ? json.replace(/[\r\n]/g, " ") : json;
}

/** The JSON of a line without its end, or null when none of the keys has signed it as this line of this request. */
export function verifiedLine(
  keys: readonly SigningKey[],
  id: string,
  number: number,
  line: Uint8Array,
): Uint8Array | null {
  const start = line.indexOf(BRACE);
  if (start < 1 || start > SIGNATURES_BYTES_MAX || line[start - 1] !== SPACE) return null;
  const json = line.subarray(start);
  return verify(keys, id, number, json, ascii.decode(line.subarray(0, start - 1))) ? json : null;
}

/** Cuts what comes in pieces into lines. */
export class LineCutter {
  readonly #bytesMax: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;

  /** @param bytesMax Of one line. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /**
   * Calls back with each line that this piece ends, without its end.
   * @returns false once a line is longer than it may be: what comes then is no use.
   */
  push(piece: Uint8Array, tell: (line: Uint8Array) => void): boolean {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      const last = piece.subarray(from, end);
      from = end + 1;
      if (this.#bytes + last.length > this.#bytesMax) return false;
      tell(this.#joined(last));
    }
    if (from === piece.length) return true;
    this.#pieces.push(from === 0 ? piece : piece.subarray(from));
    this.#bytes += piece.length - from;
    return this.#bytes <= this.#bytesMax;
  }

  /** What came after the last line's end. */
  rest(): Uint8Array {
    return this.#joined(new Uint8Array());
  }

  #joined(last: Uint8Array): Uint8Array {
    if (this.#pieces.length === 0) return last;
    const whole = new Uint8Array(this.#bytes + last.length);
    let at = 0;
    for (const piece of [...this.#pieces, last]) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.#bytes = 0;
    return whole;
  }
}
