// What of a JSON value is drawn, and how much of it: a value may have millions of members, and a page that drew them all would stand still.
import { ExactNumber } from "../api/exact-json.ts";

export type JsonKind = "null" | "boolean" | "number" | "string" | "array" | "object";

/** Of one array or object, at once; more come when they are asked for. */
export const MEMBERS_AT_ONCE = 100;
/** Of one string, before somebody wants it whole. */
export const CHARACTERS_AT_ONCE = 300;
/** A value that fits in so many lines stands there unfolded. */
const LINES_UNFOLDED = 40;

export function kindOf(value: unknown): JsonKind {
  if (value === null || value === undefined) return "null";
  if (value instanceof ExactNumber) return "number";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "string" || type === "number" || type === "boolean" ? type : "object";
}

/** How many members; 0 for what has none, and for what can have none. */
export function countOf(value: unknown): number {
  const kind = kindOf(value);
  if (kind === "array") return (value as unknown[]).length;
  return kind === "object" ? Object.keys(value as object).length : 0;
}

export interface Member {
  /** Null in an array. */
  readonly name: string | null;
  readonly value: unknown;
}

/** The first so many. */
export function membersOf(value: unknown, most: number): Member[] {
  if (Array.isArray(value)) return value.slice(0, most).map((each) => ({ name: null, value: each }));
  return Object.keys(value as object)
    .slice(0, most)
    .map((name) => ({ name, value: (value as Record<string, unknown>)[name] }));
}

/** `12 items`, `1 member`: what stands between the brackets of what is folded. */
export function countSaid(value: unknown): string {
  const count = countOf(value);
  const what = Array.isArray(value) ? "item" : "member";
  return `${count.toLocaleString("en-GB")} ${what}${count === 1 ? "" : "s"}`;
}

const PREVIEW_CHARACTERS = 60;
const PREVIEW_STRING = 24;

/** `reserved: 3, warehouse: "Zurich"`: what is folded in few characters; with the count where not all of it is there. */
export function preview(value: unknown): string {
  const count = countOf(value);
  const said: string[] = [];
  let characters = 0;
  for (const { name, value: member } of membersOf(value, 10)) {
    const text = name === null ? brief(member) : `${name}: ${brief(member)}`;
    characters += text.length + 2;
    if (characters > PREVIEW_CHARACTERS) break;
    said.push(text);
  }
  if (said.length === count) return said.join(", ");
  return [...said, `… ${countSaid(value)}`].join(", ");
}

function brief(value: unknown): string {
  const kind = kindOf(value);
  if (kind === "array") return countOf(value) === 0 ? "[]" : "[…]";
  if (kind === "object") return countOf(value) === 0 ? "{}" : "{…}";
  if (kind === "string" && (value as string).length > PREVIEW_STRING)
    return scalarText(`${(value as string).slice(0, PREVIEW_STRING)}…`);
  return scalarText(value);
}

/** How many levels stand open at first: as many as fit in a few lines, and the first one always. */
export function unfoldedLevels(value: unknown): number {
  let levels = 0;
  let lines = 0;
  let level: unknown[] = [value];
  for (;;) {
    const next: unknown[] = [];
    for (const each of level) {
      const count = countOf(each);
      if (count === 0) continue;
      lines += count + 1;
      if (lines > LINES_UNFOLDED) return Math.max(1, levels);
      for (const member of membersOf(each, count)) next.push(member.value);
    }
    if (next.length === 0) return Math.max(1, levels);
    levels += 1;
    level = next;
  }
}

/** A value that is no array and no object, as JSON writes it. */
export function scalarText(value: unknown): string {
  if (value instanceof ExactNumber) return value.source;
  return JSON.stringify(value ?? null) ?? "null";
}

export function jsonText(value: unknown): string {
  return JSON.stringify(value ?? null, null, 2) ?? "null";
}

/** `312 B`, `4.2 kB`, `1.3 MB`: how large it is as JSON without spaces. */
export function sizeSaid(characters: number): string {
  if (characters < 1_000) return `${characters} B`;
  if (characters < 1_000_000) return `${(characters / 1_000).toFixed(1)} kB`;
  return `${(characters / 1_000_000).toFixed(1)} MB`;
}
