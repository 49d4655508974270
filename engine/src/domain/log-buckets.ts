// Durations in buckets four to the octave, as metric_bucket (0042) has them: what is read from one is at most 19 % too high.

/** Counts by bucket. */
export type LogBuckets = ReadonlyMap<number, number>;

export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** The highest duration that the bucket holds. */
export function bucketMaxMs(bucket: number): number {
  return 2 ** (bucket / 4);
}

/** Milliseconds; null where nothing was counted. */
export function percentilesOf(buckets: LogBuckets): Percentiles | null {
  const sorted = [...buckets].toSorted(([one], [two]) => one - two);
  const count = sorted.reduce((sum, [, here]) => sum + here, 0);
  if (count === 0) return null;
  const at = (share: number) => {
    let left = Math.ceil(count * share);
    for (const [bucket, here] of sorted) {
      left -= here;
      if (left <= 0) return rounded(bucketMaxMs(bucket));
    }
    return rounded(bucketMaxMs(sorted.at(-1)![0]));
  };
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
