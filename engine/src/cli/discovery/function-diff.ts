// What a reload has changed of what an app declares: functions that came and went, and of the others which words differ.
import { isDeepStrictEqual } from "node:util";

/** A function's manifest by its id. */
export type Declared = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

/** A sentence per function that is not as it was: `+ refund: triggers [...]`, `~ pay: retry {...} -> {...}`, `- old`. */
export function functionDiff(before: Declared, after: Declared): string[] {
  const added = [...after].filter(([id]) => !before.has(id));
  const removed = [...before.keys()].filter((id) => !after.has(id));
  const changed = [...after].flatMap(([id, manifest]) => {
    const was = before.get(id);
    const members = was === undefined ? [] : memberDiff(was, manifest);
    return members.length === 0 ? [] : [`~ ${id}: ${members.join("; ")}`];
  });
  return [
    ...added.map(([id, { triggers }]) => `+ ${id}: triggers ${shown(triggers)}`),
    ...changed,
    ...removed.map((id) => `- ${id}: starts no more runs; those under way go on`),
  ];
}

/** Not what it is called, and not what the code says of its own version. */
const UNSAID: ReadonlySet<string> = new Set(["id", "rev"]);

function memberDiff(was: Readonly<Record<string, unknown>>, is: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(was), ...Object.keys(is)].filter((name) => !UNSAID.has(name)));
  return [...names]
    .filter((name) => !isDeepStrictEqual(was[name], is[name]))
    .map((name) => `${name.replaceAll("_", " ")} ${shown(was[name])} -> ${shown(is[name])}`);
}

const CHARACTERS_MAX = 120;

function shown(value: unknown): string {
  if (value === undefined) return "none";
  const text = JSON.stringify(value);
  return text.length <= CHARACTERS_MAX ? text : `${text.slice(0, CHARACTERS_MAX)}…`;
}
