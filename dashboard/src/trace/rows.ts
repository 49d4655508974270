// The rows of the waterfall, as a treegrid counts them: from traces, and from what stands open. Nothing is drawn here; of 40,000 rows
// a page draws the few that are in view.
import { badOnes, type Forest } from "./forest.ts";
import { grouped } from "./group.ts";
import { isOpen, type Openness } from "./openness.ts";
import type { Trace } from "./span.ts";

export interface Loaded {
  readonly trace: Trace;
  readonly forest: Forest;
}

/** `run`: at the top. `loading`, `refused`: instead of the rows of a child run. */
export type RowKind = "run" | "span" | "group" | "loading" | "refused";

export interface Row {
  /** Unique: of spans of child runs, with the spans on the way there. */
  readonly id: string;
  readonly kind: RowKind;
  /** Whose trace it is of. */
  readonly run: string;
  /** In that run's forest; of a group its first member; -1 of what is no span. */
  readonly at: number;
  /** Of a group. */
  readonly members: readonly number[] | null;
  /** From 1. */
  readonly level: number;
  readonly position: number;
  readonly setSize: number;
  /** Null: there is nothing below it. */
  readonly isOpen: boolean | null;
  /** Index of the row above it in the tree; -1 at the top. */
  readonly parent: number;
}

export interface RowOptions {
  readonly run: string;
  /** Null: it could not be read. Missing: it was not asked for, or is on its way. */
  readonly loaded: ReadonlyMap<string, Loaded | null>;
  readonly openness: Openness;
  readonly onlyFailed: boolean;
}

/** A run in a run in a run: deeper ones have pages of their own. */
export const CHILD_DEPTH_MAX = 5;

export function rowsOf(options: RowOptions): Row[] {
  const top = options.loaded.get(options.run);
  if (!top) return [];
  const rows: Row[] = [];
  const isShown = isOpen(options.openness, options.run, true);
  rows.push({
    id: options.run,
    kind: "run",
    run: options.run,
    at: -1,
    members: null,
    level: 1,
    position: 1,
    setSize: 1,
    isOpen: top.forest.roots.length > 0 ? isShown : null,
    parent: -1,
  });
  if (isShown) new Builder(rows, options).addRun(options.run, top, 0, "", 0);
  return rows;
}

class Builder {
  readonly #rows: Row[];
  readonly #options: RowOptions;

  constructor(rows: Row[], options: RowOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  /** @param path Before the ids of its spans: `` for the run itself, `{span}/` for the child run of a span. */
  addRun(run: string, { forest }: Loaded, parent: number, path: string, depth: number): void {
    const bad = this.#options.onlyFailed ? badOnes(forest) : null;
    const level = this.#rows[parent]!.level + 1;
    const add = (list: readonly number[], below: number, levelHere: number) => {
      const shown = bad === null ? list : list.filter((at) => bad.has(at));
      const items = grouped(forest, shown);
      items.forEach((item, index) => {
        const place = { run, level: levelHere, position: index + 1, setSize: items.length, parent: below };
        if (item.members === null) addSpan(item.at, place);
        else addGroup(item.at, item.members, place);
      });
    };
    const addGroup = (at: number, members: readonly number[], place: Place) => {
      const id = `${path}group-${forest.spans[at]!.id}`;
      const isShown = isOpen(this.#options.openness, id, false);
      const row = this.#push({ ...place, id, kind: "group", at, members, isOpen: isShown });
      if (!isShown) return;
      members.forEach((member, index) => {
        const inside = { position: index + 1, setSize: members.length, level: place.level + 1, parent: row };
        addSpan(member, { run, ...inside });
      });
    };
    const addSpan = (at: number, place: Place) => {
      const span = forest.spans[at]!;
      const id = path + span.id;
      const below = forest.childrenOf.get(at) ?? [];
      // One in another app is read there, by who may.
      const child = depth < CHILD_DEPTH_MAX && span.app === null ? span.run : null;
      // Branches and groups say nothing by themselves; tries are looked at when something went wrong.
      const isUsuallyOpen =
        below.length > 0 && (forest.spans[below[0]!]!.kind !== "attempt" || span.status === "err");
      const canOpen = below.length > 0 || child !== null;
      const isShown = canOpen && isOpen(this.#options.openness, id, isUsuallyOpen, child !== null);
      const row = this.#push({
        ...place,
        id,
        kind: "span",
        at,
        members: null,
        isOpen: canOpen ? isShown : null,
      });
      if (!isShown) return;
      add(below, row, place.level + 1);
      if (child !== null) this.#addChild(child, row, `${id}/`, depth + 1);
    };
    add(forest.roots, parent, level);
  }

  #addChild(run: string, parent: number, path: string, depth: number): void {
    const loaded = this.#options.loaded.get(run);
    if (loaded) {
      this.addRun(run, loaded, parent, path, depth);
      return;
    }
    const level = this.#rows[parent]!.level + 1;
    const kind = loaded === null ? "refused" : "loading";
    this.#push({
      ...{ id: path + kind, kind, run, at: -1, members: null, isOpen: null },
      ...{ level, position: 1, setSize: 1, parent },
    });
  }

  #push(row: Row): number {
    return this.#rows.push(row) - 1;
  }
}

type Place = Pick<Row, "run" | "level" | "position" | "setSize" | "parent">;
