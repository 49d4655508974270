import type { ZodError } from "zod";
import type { AnswerFlaw } from "./answer-flaw.ts";
import { excerpt } from "./excerpt.ts";

/** What a schema said, as one sentence that names the place. Values are not repeated: they are the user's. */
export function schemaFlaw(error: ZodError, json: unknown): [AnswerFlaw, string] {
  const first = error.issues[0]!;
  const place = first.path.at(-1);
  // A union that no member of fits is reported at the member that tells them apart.
  if (first.code === "invalid_union" && (place === "op" || place === "status")) {
    const found = valueAt(json, first.path);
    const name = typeof found === "string" ? `"${excerpt(found, 80)}"` : "missing";
    if (place === "op" && first.path.length === 3) {
      return [
        "unknown-op",
        `An op of the answer (${pointer(first.path)}) is ${name}, which this engine does not know. Update the engine or the SDK.`,
      ];
    }
    if (place === "status" && first.path.length === 1) {
      return [
        "unknown-status",
        `The answer's status is ${name}, which this engine does not know. Update the engine or the SDK.`,
      ];
    }
  }
  return ["invalid-answer", `The answer does not fit the protocol. ${describeIssues(error)}`];
}

/** `/ops/0/name: Invalid input: expected string; ...`, at most three of them. */
export function describeIssues(error: ZodError): string {
  const shown = error.issues
    .slice(0, 3)
    .map(({ path, message }) => `${pointer(path) || "The message"}: ${excerpt(message, 300)}`);
  const more = error.issues.length - shown.length;
  return `${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`.replace(/\.?$/, ".");
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${excerpt(String(key), 100)}`).join("");
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    json,
  );
}
