/** What a strict reader refuses; an engine's answer names it as the problem's `code`. */
export type JsonProblemCode =
  | "malformed-json"
  | "invalid-encoding"
  | "unsupported-character"
  | "duplicate-key"
  | "number-out-of-range"
  | "too-complex";

/** Beyond a limit. */
export const tooComplex = {
  depth: (max: number) => `JSON may be nested at most ${max} deep.`,
  members: (max: number) => `An object may have at most ${max} members.`,
  name: (max: number) => `A member's name may have at most ${max} bytes.`,
};

/** Characters that a database of text cannot keep. */
export const UNSUPPORTED = {
  nul: "The character NUL (\\u0000) is not supported.",
  half: "Half a surrogate pair is no character and is not supported.",
};

export const DUPLICATE = "An object has two members of the same name.";

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

/** Where reading is within one open object or array. */
interface Level {
  /** Index in an array; -1 in an object. */
  index: number;
  /** Where the present member's name is, quotes included; `nameEnd` is 0 before one was read. */
  nameStart: number;
  nameEnd: number;
}

/**
 * The pointer of the value that `text` is in the middle of when read up to `end`. Only called once reading has
 * failed, so that reading itself need not keep track of where it is. Everything before `end` is known to be JSON.
 */
export function pointerAt(text: string, end: number): string {
  const levels: Level[] = [];
  for (let at = 0; at < end; at++) {
    const here = levels.at(-1);
    switch (text[at]) {
      case "{":
      case "[":
        levels.push({ index: text[at] === "[" ? 0 : -1, nameStart: 0, nameEnd: 0 });
        break;
      case "}":
      case "]":
        levels.pop();
        break;
      case ",":
        if (here !== undefined && here.index >= 0) here.index++;
        else if (here !== undefined) here.nameEnd = 0;
        break;
      case '"': {
        const start = at;
        for (at++; at < end && text[at] !== '"'; at++) if (text[at] === "\\") at++;
        if (here !== undefined && here.index < 0 && here.nameEnd === 0 && at < end) {
          here.nameStart = start;
          here.nameEnd = at + 1;
        }
      }
    }
  }
  const pointer = levels.map((level) => pointerPart(text, level)).join("");
  return pointer.length <= POINTER_CHARACTERS_MAX
    ? pointer
    : `${pointer.slice(0, POINTER_CHARACTERS_MAX)}...`;
}

function pointerPart(text: string, { index, nameStart, nameEnd }: Level): string {
  if (index >= 0) return `/${index}`;
  if (nameEnd === 0) return "";
  const name = JSON.parse(text.slice(nameStart, nameEnd)) as string;
  return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
