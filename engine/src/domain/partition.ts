// A run's time as disjoint intervals that cover it without a gap: a sweep over where intervals begin and end.
import { type Interval, interval, PHASES, type Phase } from "./phase.ts";

const RANK: ReadonlyMap<Phase, number> = new Map(PHASES.map((phase, rank) => [phase, rank]));

/** Intervals that look the same in the partition: a phase, and of a limit which one. */
interface Lane {
  readonly interval: Interval;
  /** Those that have begun and not ended. */
  open: number;
}

/**
 * Covers [fromMs, toMs] exactly: sorted, without gap or overlap, neighbours differ. Of several intervals at one moment the
 * phase that stands first in `PHASES` is taken, of several limits the one that was named first; where there is none it
 * is `idle`. Intervals that reach beyond are cut, empty or reversed ones do not count.
 */
export function partition(fromMs: number, toMs: number, intervals: readonly Interval[]): Interval[] {
  if (!(toMs > fromMs)) return [];
  const lanes: Lane[] = [];
  const laneOf = new Map<string, Lane>();
  const edges: { readonly ms: number; readonly lane: Lane; readonly step: 1 | -1 }[] = [];
  for (const each of intervals) {
    const from = Math.max(each.fromMs, fromMs);
    const to = Math.min(each.toMs, toMs);
    if (!(to > from)) continue;
    const key = laneKey(each);
    let lane = laneOf.get(key);
    if (lane === undefined) {
      lane = { interval: each, open: 0 };
      laneOf.set(key, lane);
      lanes.push(lane);
    }
    edges.push({ ms: from, lane, step: 1 }, { ms: to, lane, step: -1 });
  }
  // Stable: limits keep the order in which they were named.
  lanes.sort((a, b) => RANK.get(a.interval.phase)! - RANK.get(b.interval.phase)!);
  edges.sort((a, b) => a.ms - b.ms);
  const covered: Interval[] = [];
  const cover = (from: number, to: number) => {
    if (!(to > from)) return;
    const top = lanes.find(({ open }) => open > 0)?.interval;
    const phase = top?.phase ?? "idle";
    const limit = top?.limit ?? null;
    const before = covered.at(-1);
    const isSame =
      before?.phase === phase && before.limit?.id === limit?.id && before.limit?.key === limit?.key;
    if (isSame) covered[covered.length - 1] = { ...before, toMs: to };
    else covered.push(interval(phase, from, to, limit));
  };
  let atMs = fromMs;
  for (const { ms, lane, step } of edges) {
    cover(atMs, ms);
    atMs = ms;
    lane.open += step;
  }
  cover(atMs, toMs);
  return covered;
}

function laneKey({ phase, limit }: Interval): string {
  return limit === null ? phase : `${phase} ${limit.id} ${limit.key}`;
}

/** How much time each phase took, and of limits each one: the longest first. */
export interface PhaseSum {
  readonly phase: Phase;
  readonly limit: Interval["limit"];
  readonly ms: number;
}

export function sumPhases(intervals: readonly Interval[]): PhaseSum[] {
  const sums = new Map<string, { phase: Phase; limit: Interval["limit"]; ms: number }>();
  for (const each of intervals) {
    const { phase, limit, fromMs, toMs } = each;
    const key = laneKey(each);
    const sum = sums.get(key);
    if (sum === undefined) sums.set(key, { phase, limit, ms: toMs - fromMs });
    else sum.ms += toMs - fromMs;
  }
  return [...sums.values()].sort((a, b) => b.ms - a.ms);
}
