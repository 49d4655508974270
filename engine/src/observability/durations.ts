/** Counts of durations that only go up, as a histogram of Prometheus reads them. */
export interface Histogram {
  /** Upper bounds in seconds, ascending; what is beyond the last counts in `count` alone. */
  readonly bounds: readonly number[];
  /** How many were at most so long: of each bound, with those of the bounds below it. */
  readonly atMost: readonly number[];
  readonly count: number;
  readonly sumSeconds: number;
}

const BOUNDS_MS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 4_096, 16_384];

/** What this process measures of itself. Cheap enough for every commit: one place in a list and two sums. */
export class Durations {
  readonly #counts = new Float64Array(BOUNDS_MS.length + 1);
  #sumMs = 0;

  add(ms: number): void {
    let place = 0;
    while (place < BOUNDS_MS.length && ms > BOUNDS_MS[place]!) place += 1;
    this.#counts[place]! += 1;
    this.#sumMs += ms;
  }

  get histogram(): Histogram {
    let below = 0;
    const atMost = BOUNDS_MS.map((_, place) => (below += this.#counts[place]!));
    const count = below + this.#counts[BOUNDS_MS.length]!;
    return { bounds: BOUNDS_MS.map((ms) => ms / 1_000), atMost, count, sumSeconds: this.#sumMs / 1_000 };
  }
}

/** Of two that have the same bounds, as one. */
export function addHistograms(one: Histogram, two: Histogram): Histogram {
  return {
    bounds: one.bounds,
    atMost: one.atMost.map((count, place) => count + two.atMost[place]!),
    count: one.count + two.count,
    sumSeconds: one.sumSeconds + two.sumSeconds,
  };
}
