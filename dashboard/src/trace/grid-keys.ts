import type { KeyboardEvent } from "react";
import { MOVES, siblingsOf } from "./move.ts";
import { type Openness, turn } from "./openness.ts";
import type { ChangeOptions, TraceOptions } from "./options.ts";
import type { Row } from "./rows.ts";

interface GridKeys {
  readonly rows: readonly Row[];
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly select: (index: number) => void;
  readonly turnRow: (index: number) => void;
  readonly setOpenness: (change: (now: Openness) => Openness) => void;
  readonly options: TraceOptions;
  readonly change: ChangeOptions;
}

/** The keys of a treegrid. What it answers true for is done. */
export function gridKeys(grid: GridKeys): (event: KeyboardEvent, page: number) => boolean {
  const { rows, active, setActive, select, turnRow, setOpenness, options, change } = grid;
  const row = rows[active];

  const goTo = (index: number) => {
    setActive(index);
    const { id, kind } = rows[index]!;
    // While the panel is open it shows where the keys are.
    if (options.span !== undefined && (kind === "run" || kind === "span")) change({ span: id });
  };
  const turnLevel = (open: boolean) => setOpenness((now) => turn(now, siblingsOf(rows, active), open));
  const done = (act: () => void) => {
    act();
    return true;
  };

  return ({ key, altKey, ctrlKey, metaKey, shiftKey }, page) => {
    if (row === undefined || ctrlKey || metaKey || shiftKey) return false;
    if (altKey)
      return key === "ArrowRight" || key === "ArrowLeft"
        ? done(() => turnLevel(key === "ArrowRight"))
        : false;
    if (key === "ArrowRight") {
      if (row.isOpen === false) return done(() => turnRow(active));
      return row.isOpen === true && rows[active + 1]?.parent === active ? done(() => goTo(active + 1)) : true;
    }
    if (key === "ArrowLeft") {
      if (row.isOpen === true) return done(() => turnRow(active));
      return done(() => goTo(Math.max(0, row.parent)));
    }
    if (key === "Enter" || key === " ")
      return done(() => (row.kind === "group" ? turnRow(active) : select(active)));
    if (key === "Escape") return options.span === undefined ? false : done(() => change({ span: undefined }));
    // `u` is heard by the whole screen.
    const move = key === "u" ? undefined : MOVES[key];
    return move === undefined ? false : done(() => goTo(move(rows, active, page)));
  };
}
