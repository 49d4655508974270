import { createHash } from "node:crypto";
import { ID_CHARACTERS_MAX } from "@durable/protocol/wire";

/** An id put together from several, which may be longer than an id may be: then its hash names the event. */
export function boundedId(text: string): string {
  return text.length <= ID_CHARACTERS_MAX
    ? text
    : `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
