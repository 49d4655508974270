// Many equal siblings are one row, until somebody opens it: a loop of a thousand steps of one name says the same a thousand times.
import type { Forest } from "./forest.ts";

export interface Grouped {
  /** The span, or the first of the group. */
  readonly at: number;
  readonly members: readonly number[] | null;
}

/** Equal siblings up to so many are rows of their own. */
const ALONE_MAX = 5;

/** Siblings of one kind and name stand where the first of them stood. */
export function grouped({ spans }: Forest, siblings: readonly number[]): Grouped[] {
  if (siblings.length <= ALONE_MAX) return siblings.map((at) => ({ at, members: null }));
  const byName = new Map<string, number[]>();
  for (const at of siblings) {
    const key = nameOf(spans[at]!);
    const list = byName.get(key);
    if (list === undefined) byName.set(key, [at]);
    else list.push(at);
  }
  const items: Grouped[] = [];
  for (const at of siblings) {
    const members = byName.get(nameOf(spans[at]!))!;
    if (members.length <= ALONE_MAX) items.push({ at, members: null });
    else if (members[0] === at) items.push({ at, members });
  }
  return items;
}

/** Tries of one step are equal when they ended the same. */
function nameOf({ kind, name, status }: Forest["spans"][number]): string {
  return kind === "attempt" ? `${kind} ${status}` : `${kind} ${name}`;
}
