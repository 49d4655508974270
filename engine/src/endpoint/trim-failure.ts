import {
  FAILURE_CAUSES_MAX,
  FAILURE_MESSAGE_BYTES_MAX,
  FAILURE_STACK_BYTES_MAX,
  type Failure,
  ID_CHARACTERS_MAX,
} from "@durable/protocol/wire";

/**
 * A user's error within the protocol's bounds. It is cut, never refused: an error too long to be recorded would
 * become a broken line, and the one thing the user needs to read would be gone.
 */
export function trimFailure(failure: Failure, causesLeft = FAILURE_CAUSES_MAX): Failure {
  const { cause, stack, code, frame } = failure;
  return {
    ...failure,
    name: cut(failure.name, ID_CHARACTERS_MAX) || "Error",
    message: cut(failure.message, FAILURE_MESSAGE_BYTES_MAX),
    code: code === undefined ? undefined : cut(code, ID_CHARACTERS_MAX),
    stack: stack === undefined ? undefined : cut(stack, FAILURE_STACK_BYTES_MAX),
    frame: frame === undefined ? undefined : cut(frame, FAILURE_MESSAGE_BYTES_MAX),
    cause: cause === undefined || causesLeft === 0 ? undefined : trimFailure(cause, causesLeft - 1),
  };
}

/** At most `maxBytes` of UTF-8, never ending in half a character. */
export function cut(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const mark = Buffer.from(" ...");
  let end = maxBytes - mark.length;
  while ((bytes[end]! & 0xc0) === 0x80) end--; // 10xxxxxx continues a character begun before
  return `${bytes.toString("utf8", 0, end)}${mark}`;
}
