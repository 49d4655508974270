// Where the arrow keys lead in the tree, by the pattern for treegrids.
import type { Row } from "./rows.ts";

/** Index of the row that has the focus next; of no use, the same one. */
export const MOVES: Readonly<Record<string, (rows: readonly Row[], at: number, page: number) => number>> = {
  ArrowDown: (rows, at) => Math.min(rows.length - 1, at + 1),
  ArrowUp: (_, at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (rows) => rows.length - 1,
  PageDown: (rows, at, page) => Math.min(rows.length - 1, at + page),
  PageUp: (_, at, page) => Math.max(0, at - page),
  u: (rows, at) => Math.max(0, rows[at]!.parent),
};

/** Of the row's level, under the same parent. */
export function siblingsOf(rows: readonly Row[], at: number): Row[] {
  const { parent } = rows[at]!;
  return rows.filter((row) => row.parent === parent);
}
