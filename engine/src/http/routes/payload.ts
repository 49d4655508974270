import { EVENT_BYTES_MAX, parseJson, RawJson } from "@durable/protocol";
import type { z } from "@hono/zod-openapi";
import type { Actor } from "../../auth/actor.ts";
import { Problem } from "../../domain/problems.ts";
import { check, invalid } from "../middleware/check.ts";
import { refuseInexactNumbers } from "./exact-numbers.ts";

/**
 * A body with one member that is kept byte for byte as it came.
 * @returns the checked body, and the member's text; null where it is missing.
 */
export function decodePayload<Schema extends z.ZodType>(
  body: Uint8Array,
  schema: Schema,
  member: "data" | "input" | "payload" | "value",
): { readonly body: z.output<Schema>; readonly payload: string } {
  const { body: checked, raw } = decodeRaw(body, schema, [member]);
  return { body: checked, payload: raw[member] ?? "null" };
}

/**
 * The same with several, each null where it is missing.
 * @param body Null is an empty object.
 */
export function decodeRaw<Schema extends z.ZodType, Member extends string>(
  body: Uint8Array | null,
  schema: Schema,
  members: readonly Member[],
): { readonly body: z.output<Schema>; readonly raw: Readonly<Record<Member, string | null>> } {
  const parsed = body === null ? {} : parseJson(body, { raw: new Set<string>(members) });
  const checked = check(schema, parsed, "") as { readonly [name: string]: unknown };
  const raw = {} as Record<Member, string | null>;
  for (const member of members) {
    const value = checked[member];
    const text = value instanceof RawJson ? value.text : null;
    raw[member] = text;
    if (text === null) continue;
    if (text.length > EVENT_BYTES_MAX || Buffer.byteLength(text) > EVENT_BYTES_MAX) {
      throw invalid([{ pointer: `/${member}`, detail: `may have at most ${EVENT_BYTES_MAX} bytes` }]);
    }
    refuseInexactNumbers(body!, false, [{ data: text }]);
  }
  return { body: checked as z.output<Schema>, raw };
}

/**
 * What an app signed for one path must do nothing at another: the signature covers the body alone, so the body
 * repeats the path.
 */
export function requireSignedFor(actor: Actor | null, signedPath: string | undefined, path: string): void {
  if (actor?.kind !== "app" || signedPath === path) return;
  throw new Problem(
    "forbidden",
    `A request that an app signs must name its path in the body, as "path": ${JSON.stringify(path)}. Update the SDK.`,
  );
}
