/** The middle one; of an even number the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The smallest value that at least the given share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

/** How far the values lie apart: (largest - smallest) / median. 0 for fewer than two. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return 0;
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** What one closed-loop worker did: something that began, ended, and contained so many steps. */
export interface Span {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly steps: number;
}

/**
 * Steps done within the window. A run that straddles an edge counts with the share of its time that lies inside:
 * counting only what ended inside would be wrong by up to `concurrency` runs when runs are long.
 */
export function stepsWithin(spans: readonly Span[], fromMs: number, untilMs: number): number {
  let steps = 0;
  for (const { startedMs, endedMs, steps: own } of spans) {
    const inside = Math.min(endedMs, untilMs) - Math.max(startedMs, fromMs);
    if (inside > 0) steps += own * (inside / (endedMs - startedMs));
  }
  return steps;
}

/** Numbers in [0, 1) that repeat for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
