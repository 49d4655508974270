/** What a strict reader refuses; an engine's answer names it as the problem's `code`. */
export type JsonProblemCode =
  | "malformed-json"
  | "invalid-encoding"
  | "unsupported-character"
  | "duplicate-key"
  | "number-out-of-range"
  | "too-complex";

/** A document that was refused, and where. The message never repeats the document. */
export class JsonProblem extends Error {
  override readonly name = "JsonProblem";
  readonly code: JsonProblemCode;
  /** Bytes (UTF-8) before the place where reading stopped. */
  readonly offset: number;
  /** JSON Pointer (RFC 6901) of the value being read there; "" is the whole document. */
  readonly pointer: string;

  constructor(code: JsonProblemCode, sentence: string, offset: number, pointer: string) {
    super(`${sentence} (byte ${offset}${pointer === "" ? "" : `, at ${pointer}`})`);
    this.code = code;
    this.offset = offset;
    this.pointer = pointer;
  }
}

/** A path shown to people stays short, however deep the document that was refused. */
const POINTER_CHARACTERS_MAX = 256;

/**
 * The pointer of the value that `text` is in the middle of when read up to `end`. Only called once reading has
 * failed, so that reading itself need not keep track of where it is. Everything before `end` is known to be JSON.
 */
export function pointerAt(text: string, end: number): string {
  const path: { key: string | number; isKeyNext: boolean }[] = [];
  for (let at = 0; at < end; at++) {
    const character = text[at];
    const here = path.at(-1);
    if (character === "{") path.push({ key: "", isKeyNext: true });
    else if (character === "[") path.push({ key: 0, isKeyNext: false });
    else if (character === "}" || character === "]") path.pop();
    else if (character === "," && here !== undefined) {
      if (typeof here.key === "number") here.key++;
      else here.isKeyNext = true;
    } else if (character === '"') {
      const start = at;
      for (at++; at < end && text[at] !== '"'; at++) if (text[at] === "\\") at++;
      if (here?.isKeyNext && at < end) {
        here.key = JSON.parse(text.slice(start, at + 1)) as string;
        here.isKeyNext = false;
      }
    }
  }
  const pointer = path
    .filter(({ isKeyNext }) => !isKeyNext)
    .map(({ key }) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
  return pointer.length <= POINTER_CHARACTERS_MAX
    ? pointer
    : `${pointer.slice(0, POINTER_CHARACTERS_MAX)}...`;
}
