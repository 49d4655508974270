// What runs are found by beside what they are: tags, and values that stand at declared paths of their events.
import type { FunctionManifest } from "@durable/protocol/wire";
import type { Fact } from "./expressions.ts";
import { valueAt } from "./limit-key.ts";

/** `["tag", "billing"]`, `["data.user.id", "42"]`. */
export type RunTerm = readonly [name: string, value: string];

export const TAG_TERM = "tag";
/** Longer values are not kept: an index of them would hold a copy of the data. */
export const TERM_CHARACTERS_MAX = 200;
/** Of a list that stands at a path. */
const LIST_ITEMS_MAX = 20;

export function isDataPath(name: string): boolean {
  return name.startsWith("data.");
}

/** Each once; none of a function that declares nothing, unless the event has tags. */
export function termsOf(
  { tags = [], searchable = [] }: Pick<FunctionManifest, "tags" | "searchable">,
  eventTags: readonly string[],
  event: () => Fact,
): readonly RunTerm[] {
  if (tags.length === 0 && searchable.length === 0 && eventTags.length === 0) return NONE;
  const terms: RunTerm[] = [...new Set([...tags, ...eventTags])].map((tag) => [TAG_TERM, tag]);
  for (const path of new Set(searchable))
    for (const value of valuesOf(valueAt(event().value(), path))) terms.push([path, value]);
  return terms;
}

const NONE: readonly RunTerm[] = [];

/** As people type them: `42` finds the number and the string. */
function valuesOf(found: unknown): ReadonlySet<string> {
  const values = Array.isArray(found) ? found.slice(0, LIST_ITEMS_MAX) : [found];
  return new Set(
    values
      .filter((value) => ["string", "number", "boolean"].includes(typeof value))
      .map(String)
      // Postgres keeps no NUL in a text, and no half of a pair.
      .filter((value) => value !== "" && value.length <= TERM_CHARACTERS_MAX && isKept(value)),
  );
}

function isKept(value: string): boolean {
  return !value.includes("\0") && !/\p{Surrogate}/u.test(value);
}
