import { EVENT_BYTES_MAX, parseJson, RawJson } from "@durable/protocol";
import type { z } from "@hono/zod-openapi";
import type { Actor } from "../../auth/authorize.ts";
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
  const parsed = parseJson(body, { raw: new Set([member]) });
  const checked = check(schema, parsed, "") as { readonly [name: string]: unknown };
  const raw = checked[member];
  const payload = raw instanceof RawJson ? raw.text : "null";
  if (payload.length > EVENT_BYTES_MAX || Buffer.byteLength(payload) > EVENT_BYTES_MAX) {
    throw invalid([{ pointer: `/${member}`, detail: `may have at most ${EVENT_BYTES_MAX} bytes` }]);
  }
  refuseInexactNumbers(body, false, [{ data: payload }]);
  return { body: checked as z.output<Schema>, payload };
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
