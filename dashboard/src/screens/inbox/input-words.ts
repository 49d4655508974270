// How a question to a person is said. Pure.
import type { AnswerOf } from "@durable/engine/api";
import type { Tone } from "../../words/run-status.ts";

export type Input = AnswerOf<"listInputs">["inputs"][number];

export const INPUT_STATUS: Readonly<
  Record<Input["status"], { readonly label: string; readonly tone: Tone }>
> = {
  open: { label: "Open", tone: "calm" },
  answered: { label: "Answered", tone: "good" },
  expired: { label: "Expired", tone: "bad" },
  cancelled: { label: "No longer asked", tone: "gone" },
};

export function titleOf({ title, name }: Pick<Input, "title" | "name">): string {
  return title ?? name;
}

/** What came of an approval; null where the value is none. */
export function decisionOf(
  value: unknown,
): { readonly approved: boolean; readonly comment: string | null } | null {
  const { approved, comment } = (value ?? {}) as { readonly approved?: unknown; readonly comment?: unknown };
  if (typeof approved !== "boolean") return null;
  return { approved, comment: typeof comment === "string" && comment !== "" ? comment : null };
}

/** What is tried first when somebody answers by hand: the schema's members, empty. */
export function draftFor(schema: unknown): string {
  const { type, properties } = (schema ?? {}) as { readonly type?: unknown; readonly properties?: unknown };
  if (properties !== null && typeof properties === "object") {
    const members = Object.entries(properties as Record<string, unknown>).map(([name, member]) => [
      name,
      emptyOf(member),
    ]);
    return JSON.stringify(Object.fromEntries(members), null, 2);
  }
  return type === undefined ? "" : JSON.stringify(emptyOf(schema));
}

const EMPTY: Readonly<Record<string, unknown>> = {
  string: "",
  number: 0,
  integer: 0,
  boolean: false,
  array: [],
  object: {},
};

function emptyOf(schema: unknown): unknown {
  const { type, default: usual, enum: values, const: only } = (schema ?? {}) as Record<string, unknown>;
  if (usual !== undefined) return usual;
  if (only !== undefined) return only;
  if (Array.isArray(values) && values.length > 0) return values[0];
  return typeof type === "string" ? (EMPTY[type] ?? null) : null;
}
