import { createHash } from "node:crypto";
import { writeJson } from "@durable/protocol/wire";

/** Of what is answered, whatever it is made from: the same again has the same, whenever it is read (`rev`). */
export function etagOf(value: unknown, text: string): string {
  const unread = withoutRev(value);
  const shown = unread === value ? text : writeJson(unread);
  return `"${createHash("sha256").update(shown).digest("base64url").slice(0, 22)}"`;
}

/** @param ifNoneMatch Of the request: what its sender has already. */
export function isKnown(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
}

/** Of a run, and of those in a list. Not deeper: what an app wrote may have a member of this name. */
function withoutRev(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("rev" in value) {
    const { rev: _, ...rest } = value;
    return rest;
  }
  return "runs" in value && Array.isArray(value.runs)
    ? { ...value, runs: value.runs.map(withoutRev) }
    : value;
}
