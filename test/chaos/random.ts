import { createHash } from "node:crypto";
import { seededRandom } from "../../engine/src/runtime/fault-points.ts";

/** Everything random in a chaos run. Each part gets a stream of its own, so that one more draw here moves nothing there. */
export class Random {
  readonly #seed: string;
  readonly #next: () => number;

  constructor(seed: string) {
    this.#seed = seed;
    this.#next = seededRandom(createHash("sha256").update(seed).digest().readInt32LE());
  }

  fork(name: string | number): Random {
    return new Random(`${this.#seed}/${name}`);
  }

  /** In [0, 1). */
  float(): number {
    return this.#next();
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.#next() * items.length)]!;
  }
}
