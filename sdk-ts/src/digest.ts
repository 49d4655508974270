import { sha256 } from "@durable/protocol/wire";

/** `sha256:` and 64 hex digits over a text: names a manifest. */
export function digest(text: string): string {
  return `sha256:${sha256.hex(text)}`;
}
