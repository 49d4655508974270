import {
  JSON_KEY_BYTES_MAX,
  type JsonLimitProblem,
  jsonLimitProblem,
  RawJson,
  VALUE_BYTES_MAX,
} from "@durable/protocol/wire";
import { NonRetriableError, ValueTooLargeError } from "../errors.ts";

/** Messages wrap values in a few levels of their own; a value may use the rest of the hundred. */
const DEPTH_MAX = 90;
const MIB = 1024 * 1024;

/**
 * A value as the JSON text that is kept and comes back; undefined stays undefined.
 * @param subject How a sentence about it begins: `step "charge" returned`.
 * @throws NonRetriableError when JSON cannot hold it or no engine would take it: the next attempt would not change it.
 * @throws ValueTooLargeError when it has more than `bytesMax` bytes.
 */
export function toJson(subject: string, value: unknown, bytesMax = VALUE_BYTES_MAX): RawJson | undefined {
  const text = stringify(subject, value);
  if (text === undefined) return undefined;
  checkJson(subject, text, bytesMax, DEPTH_MAX);
  return new RawJson(text);
}

const utf8 = new TextEncoder();

/**
 * @param text Of JSON.stringify.
 * @throws NonRetriableError when no engine would take this JSON; ValueTooLargeError when it is too long.
 */
export function checkJson(
  subject: string,
  text: string,
  bytesMax: number,
  depthMax: number,
  instead = "Store it elsewhere and pass a reference.",
): void {
  const bytes = text.length * 3 > bytesMax ? utf8.encode(text).length : 0;
  if (bytes > bytesMax) {
    const limit = bytesMax < MIB ? `${bytesMax / 1024} KiB` : `${bytesMax / MIB} MiB`;
    throw new ValueTooLargeError(`${subject} more than ${limit} of JSON (${bytes} bytes). ${instead}`);
  }
  if (!isSurelyReadable(text)) refuseUnreadable(subject, text, depthMax);
}

function stringify(subject: string, value: unknown): string | undefined {
  if (isIterator(value)) {
    throw new NonRetriableError(
      `${subject} an iterator, and JSON keeps nothing of one. Make an array of it. Steps are awaited, not yielded: what calls them is an async function, no generator.`,
    );
  }
  try {
    return JSON.stringify(value);
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new NonRetriableError(`${subject} something JSON cannot hold: ${why}`, { cause: error });
  }
}

/** A generator that is called is one: it would be kept as {}, and nothing of it would ever run. */
function isIterator(value: unknown): boolean {
  if (typeof value !== "object" || value === null || "toJSON" in value) return false;
  if (!("next" in value) || typeof value.next !== "function") return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

/** The usual, small value: too short for long keys, too few brackets for deep nesting, no escaped character. */
function isSurelyReadable(text: string): boolean {
  if (text.length > JSON_KEY_BYTES_MAX || text.includes("\\u")) return false;
  if (text.length < 2 * DEPTH_MAX) return true;
  let opened = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) opened += 1;
  }
  return opened < DEPTH_MAX;
}

/** The engine reads strictly: no NUL, no half surrogate pair, bounds on nesting and keys. */
function refuseUnreadable(subject: string, text: string, depthMax: number): void {
  const problem = jsonLimitProblem(text, depthMax);
  if (problem === null) return;
  const where = problem.pointer === "" ? "" : ` At ${problem.pointer}.`;
  throw new NonRetriableError(`${subject} something that cannot be kept. ${sentenceOf(problem)}${where}`);
}

function sentenceOf({ code, sentence }: JsonLimitProblem): string {
  return code === "unsupported-character"
    ? "Text with the character NUL or half a surrogate pair is no text: encode bytes as base64."
    : sentence;
}
