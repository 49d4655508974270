import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import { RETRY_DELAY_MS_MAX } from "@durable/protocol/wire";
import type { Problem } from "./dispatch-result.ts";
import { excerpt } from "./excerpt.ts";

/** RFC 9457, or null for any other error page. Every member is cut and made printable: it is shown to people. */
export function readProblem(headers: IncomingHttpHeaders, body: Uint8Array): Problem | null {
  const type = headers["content-type"];
  if (typeof type !== "string" || !type.startsWith("application/problem+json") || !isUtf8(body)) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
  } catch {
    return null;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const text = (member: unknown, fallback: string) =>
    typeof member === "string" && member !== "" ? excerpt(member, 1000) : fallback;
  const members = parsed as Record<string, unknown>;
  return {
    type: text(members["type"], "about:blank"),
    title: text(members["title"], "The app gave no reason"),
    detail: text(members["detail"], ""),
  };
}

/** Seconds or an HTTP date; an app may not stop its own runs for longer than a retry could wait anyway. */
export function readRetryAfterMs(headers: IncomingHttpHeaders, nowEpochMs: number): number | null {
  const value = headers["retry-after"];
  if (typeof value !== "string") return null;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - nowEpochMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), RETRY_DELAY_MS_MAX);
}
