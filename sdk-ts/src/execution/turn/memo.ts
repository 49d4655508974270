import type { Failure, MemoEntry, RecordedOp } from "@durable/protocol/wire";

/** An entry and its place in the order of completion, which is the order in which results are handed out. */
export interface Recorded {
  readonly entry: MemoEntry;
  readonly position: number;
}

/** What the engine has recorded of the run so far. */
export class Memo {
  readonly #byId = new Map<string, Recorded>();
  #next = 0;
  #unclaimed = 0;

  constructor(entries: readonly MemoEntry[]) {
    for (const entry of entries) this.add(entry);
  }

  /** What settled while the turn went on comes after all that was known. */
  add(entry: MemoEntry): void {
    this.#byId.set(entry.id, { entry, position: this.#next });
    this.#next += 1;
    if (isSettled(entry)) this.#unclaimed += 1;
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** These have become part of a group, which is an entry of its own. */
  fold(ids: readonly string[]): void {
    for (const id of ids) this.#byId.delete(id);
  }

  /** What is settled, in its order. */
  *settled(): Iterable<MemoEntry & Settled> {
    for (const { entry } of this.#byId.values()) if (isSettled(entry)) yield entry;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** What is recorded under an id. It counts as asked for; a turn asks for each id once, as n counts up. */
  claim(id: string): Recorded | undefined {
    const recorded = this.#byId.get(id);
    if (recorded !== undefined && isSettled(recorded.entry)) this.#unclaimed -= 1;
    return recorded;
  }

  /** How many results user code has not asked for. */
  get unclaimed(): number {
    return this.#unclaimed;
  }
}

export type Settled =
  | { readonly id: string; readonly op: RecordedOp; readonly st: "ok"; readonly v?: unknown }
  | { readonly id: string; readonly op: RecordedOp; readonly st: "err"; readonly error: Failure };

/** A state that this SDK does not know counts as pending: a later engine may have more of them. */
export function isSettled(entry: MemoEntry): entry is MemoEntry & Settled {
  return entry.st === "ok" || entry.st === "err";
}
