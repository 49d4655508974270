import { createHash } from "node:crypto";
import { REF_BYTES_MIN } from "@durable/protocol/wire";

/** How large values are shown: all written out, or by a `ref` for an app that fetches them when its code asks. */
export type Shown = "inline" | "by-ref";

/** What is told of a value that is fetched. Its id is that of its step, for a step has one result and it never changes. */
export interface ValueRef {
  readonly bytes: number;
  /** Hex digits. */
  readonly sha256: string;
}

/** A settled entry as a dispatch shows it. Results are JSON already, as received, and stay the text they are. */
export function memoEntryText(
  id: string,
  op: string,
  entry: { readonly status: string; readonly value: string | null; readonly failure: string | null },
): string {
  const result =
    entry.status === "err" ? `,"st":"err","error":${entry.failure}` : `,"st":"ok"${valueMember(entry.value)}`;
  return `{"id":"${id}","op":"${op}"${result}}`;
}

/** The same with a `ref` where the value was. */
export function memoEntryByRef(id: string, op: string, { bytes, sha256 }: ValueRef): string {
  return `{"id":"${id}","op":"${op}","st":"ok","ref":{"id":"${id}","bytes":${bytes},"sha256":"${sha256}"}}`;
}

/** Null for a value that is small enough to be written out always. */
export function refOf(value: string | null): ValueRef | null {
  // A character has at most three bytes.
  if (value === null || value.length < REF_BYTES_MIN / 3) return null;
  const bytes = Buffer.byteLength(value);
  if (bytes < REF_BYTES_MIN) return null;
  return { bytes, sha256: createHash("sha256").update(value).digest("hex") };
}

/** An undefined result is a missing `v`; a sleep's is too. */
function valueMember(value: string | null): string {
  return value === null ? "" : `,"v":${value}`;
}
