import type { LimitKey } from "@durable/protocol/wire";
import { type Fact, readExpression } from "./expressions.ts";

export type KeyResult =
  | { readonly ok: true; readonly json: string }
  /** Why there is none, to follow what the limit is called. */
  | { readonly ok: false; readonly problem: string };

/** JSON of a key: it stands in rows and on pages. */
const KEY_CHARACTERS_MAX = 500;

/** The value that a limit counts separately for. An event without one must not pass for one without the limit. */
export function limitKeyOf(key: LimitKey, event: Fact): KeyResult {
  if (typeof key === "string") {
    const { data } = event.value() as { readonly data: unknown };
    return asKey(valueAt(data, key), `event.data has no ${JSON.stringify(key)}`);
  }
  const expression = readExpression(key.cel, "event", "value");
  if ("problem" in expression) return { ok: false, problem: `its key cannot be read: ${expression.problem}` };
  const result = expression.valueOf({ event });
  return result.ok
    ? asKey(result.value, "its key has no value")
    : { ok: false, problem: withoutEnd(result.detail) };
}

/** What stands at a path such as `a.b` of an event's data. */
export function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const member of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as Record<string, unknown>)[member];
  }
  return value;
}

/** A sentence inside another. */
export function withoutEnd(sentence: string): string {
  return sentence.replace(/\.$/, "");
}

function asKey(value: unknown, missing: string): KeyResult {
  if (value === undefined) return { ok: false, problem: missing };
  if (typeof value === "object" && value !== null) {
    return {
      ok: false,
      problem: `its key is ${Array.isArray(value) ? "a list" : "an object"}, and must be a string, a number, true, false or null`,
    };
  }
  const json = typeof value === "bigint" ? String(value) : JSON.stringify(value);
  if (json.length <= KEY_CHARACTERS_MAX) return { ok: true, json };
  return {
    ok: false,
    problem: `its key has ${json.length} characters; at most ${KEY_CHARACTERS_MAX} are kept`,
  };
}
