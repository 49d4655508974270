const ASKED = process.env["DURABLE_TEST_ROUNDS"];
/** Rounds of each race. */
export const ROUNDS = Number(ASKED ?? 1_000);
/** On a slow machine a race is over after this, unless somebody has asked for a number of rounds; but not before it had so many. */
const ENOUGH_MS = ASKED === undefined ? 3_000 : Number.POSITIVE_INFINITY;
const ENOUGH_ROUNDS = 150;
/** What goes before a race and after it costs a statement for so many rounds. */
const BATCH = 50;
/** Chance leaves no end out for so long that can happen at all. */
const MORE_ROUNDS = 5_000;

/**
 * The ends that rounds may have. A race that only one side ever wins is none: rounds go on until each end was seen.
 *
 *     const ends = new Ends("applied", "lost");
 *     for (const count of ends.batches()) ends.add(...);
 */
export class Ends<Kind extends string> {
  readonly #counts: Map<string, number>;

  constructor(...kinds: readonly Kind[]) {
    this.#counts = new Map(kinds.map((kind) => [kind, 0]));
  }

  /** @throws Error when no round may end like this. */
  add(kind: Kind): void {
    const count = this.#counts.get(kind);
    if (count === undefined) throw new Error(`A round ended ${kind}; it may end ${this.#told()}.`);
    this.#counts.set(kind, count + 1);
  }

  /**
   * How many rounds to do next, until they are so many in all, or that took long enough, and each end was seen.
   * @throws Error when one is never seen.
   */
  *batches(size = BATCH, rounds = ROUNDS, enoughMs = ENOUGH_MS): Generator<number> {
    let done = 0;
    const startMs = performance.now();
    const isEnough = () => done >= ENOUGH_ROUNDS && performance.now() - startMs > enoughMs;
    for (; done < rounds && !isEnough(); done += size) yield Math.min(size, rounds - done);
    for (; this.#isOneMissing() && done < rounds + MORE_ROUNDS; done += size) yield size;
    if (this.#isOneMissing()) throw new Error(`After ${done} rounds: ${this.#told()}.`);
  }

  /** One by one, by their number: for races that need the whole queue to themselves. */
  *rounds(rounds = ROUNDS, enoughMs = ENOUGH_MS): Generator<number> {
    let round = 0;
    for (const _ of this.batches(1, rounds, enoughMs)) yield round++;
  }

  /** All of them, however long that takes. */
  allRounds(): Generator<number> {
    return this.rounds(ROUNDS, Number.POSITIVE_INFINITY);
  }

  #isOneMissing(): boolean {
    return [...this.#counts.values()].includes(0);
  }

  #told(): string {
    return [...this.#counts].map(([kind, count]) => `${kind} (${count} times)`).join(", ");
  }
}

/** Of a race whose ends are all alike. */
export const batches = (size = BATCH): Generator<number> => new Ends().batches(size);
export const rounds = (count = ROUNDS): Generator<number> => new Ends().rounds(count);
