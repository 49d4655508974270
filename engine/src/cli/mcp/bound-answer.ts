// What a model is given to read is paid for by the word, and has a place that is soon full: an answer is cut to a size, and
// says where, so that the rest can be asked for.

export const ANSWER_CHARACTERS_MAX = 40_000;

/** A place where something was left out: JSON Pointer, and in words how much. */
export interface Cut {
  readonly pointer: string;
  readonly shown: string;
}

export interface Bounded {
  readonly value: unknown;
  readonly cuts: readonly Cut[];
}

interface Bounds {
  readonly characters: number;
  readonly items: number;
}

/** The first of these that fits. Texts of a known form (ids, instants) are shorter than the last. */
const TRIED: readonly Bounds[] = [
  { characters: 2_000, items: 200 },
  { characters: 500, items: 100 },
  { characters: 200, items: 50 },
  { characters: 100, items: 20 },
  { characters: 100, items: 5 },
  { characters: 100, items: 1 },
];

/** Of the same shape: only texts, lists and objects of many members are cut. */
export function bounded(answer: unknown, charactersMax = ANSWER_CHARACTERS_MAX): Bounded {
  let smallest: Bounded = { value: null, cuts: [] };
  for (const bounds of TRIED) {
    const cuts: Cut[] = [];
    smallest = { value: cut(answer, bounds, "", cuts), cuts };
    if (JSON.stringify(smallest.value).length <= charactersMax) break;
  }
  return smallest;
}

function cut(value: unknown, bounds: Bounds, pointer: string, cuts: Cut[]): unknown {
  if (typeof value === "string") {
    const left = value.length - bounds.characters;
    if (left <= 0) return value;
    cuts.push({ pointer, shown: `${bounds.characters} of ${value.length} characters` });
    return `${value.slice(0, bounds.characters)}… (${left} more characters)`;
  }
  if (Array.isArray(value)) {
    if (value.length > bounds.items)
      cuts.push({ pointer, shown: `${bounds.items} of ${value.length} entries` });
    return value.slice(0, bounds.items).map((each, at) => cut(each, bounds, `${pointer}/${at}`, cuts));
  }
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  // More than any shape of ours has: it is somebody's data.
  const shown = members.slice(0, Math.max(MEMBERS_MIN, bounds.items));
  if (shown.length < members.length)
    cuts.push({ pointer, shown: `${shown.length} of ${members.length} members` });
  return Object.fromEntries(
    shown.map(([name, each]) => [name, cut(each, bounds, `${pointer}/${escaped(name)}`, cuts)]),
  );
}

const MEMBERS_MIN = 60;

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** What stands at a JSON Pointer; undefined where nothing does. */
export function valueAt(answer: unknown, pointer: string): unknown {
  if (pointer === "") return answer;
  if (!pointer.startsWith("/")) return undefined;
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>(
      (value, part) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, part)
          ? (value as Record<string, unknown>)[part]
          : undefined,
      answer,
    );
}
