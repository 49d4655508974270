import { STEP_NAME_BYTES_MAX } from "./limits.ts";
import { sha256 } from "./sha256.ts";

/**
 * The identity of a step within its run: 32 hex digits, the first half of SHA-256 over scope, name and n with the
 * unit separator (0x1F, which no name may contain) between them.
 * @param scope Id of the enclosing branch or group, or "". Ids then do not depend on the order of branches.
 * @param name  See `stepNameProblem`.
 * @param n     How often this name came before in this scope, from 0.
 */
export function stepId(scope: string, name: string, n: number): string {
  return sha256.hex(`${scope}\x1f${name}\x1f${n}`).slice(0, 32);
}

export const STEP_ID = /^[0-9a-f]{32}$/;

export function isStepId(text: string): boolean {
  return STEP_ID.test(text);
}

const PLAIN_NAME = /^[\x20-\x7e]+$/;
const CONTROL_CHARACTER = /\p{Cc}/u;
const LONE_SURROGATE = /\p{Cs}/u;
const utf8 = new TextEncoder();

/** Null when `name` may name a step; otherwise a sentence that says why not. */
export function stepNameProblem(name: string): string | null {
  if (name === "") return "A step's name must not be empty.";
  if (PLAIN_NAME.test(name)) return name.length > STEP_NAME_BYTES_MAX ? tooLong(name.length) : null;
  if (CONTROL_CHARACTER.test(name)) return "A step's name must not contain control characters.";
  if (LONE_SURROGATE.test(name))
    return "A step's name must be valid Unicode; this one contains half a surrogate pair.";
  if (name !== name.normalize("NFC")) {
    return 'A step\'s name must be in Unicode form NFC, so that it has one id; use name.normalize("NFC").';
  }
  const bytes = utf8.encode(name).length;
  return bytes > STEP_NAME_BYTES_MAX ? tooLong(bytes) : null;
}

function tooLong(bytes: number): string {
  return `A step's name must not be longer than ${STEP_NAME_BYTES_MAX} bytes; this one has ${bytes}.`;
}
