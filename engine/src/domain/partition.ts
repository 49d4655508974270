// A run's time as disjoint intervals that cover it without a gap: a sweep over where intervals begin and end.
import { type Interval, interval, PHASES, type Phase } from "./phase.ts";

const RANK: ReadonlyMap<Phase, number> = new Map(PHASES.map((phase, rank) => [phase, rank]));

/** Intervals that look the same in the partition: a phase, and of a limit which one. */
interface Lane {
  readonly interval: Interval;
  readonly beginMs: number[];
  readonly endMs: number[];
}

/**
 * Covers [fromMs, toMs] exactly: sorted, without gap or overlap, neighbours differ. Of several intervals at one moment the
 * phase that stands first in `PHASES` is taken, of several limits the one that was named first; where there is none it
 * is `idle`. Intervals that reach beyond are cut, empty or reversed ones do not count.
 *
 * A long run has hundreds of thousands of ends of intervals, so they are never sorted by a comparison of ours: each lane's
 * begins and ends are numbers, which sort natively, and what is left of them is merged.
 */
export function partition(fromMs: number, toMs: number, intervals: readonly Interval[]): Interval[] {
  if (!(toMs > fromMs)) return [];
  const lanes = lanesOf(fromMs, toMs, intervals);
  const edges = mergedEdges(lanes.map(edgesOfLane));
  const covered: Interval[] = [];
  const isOpen = new Uint8Array(lanes.length);
  let top = lanes.length;
  let atMs = fromMs;
  const cover = (untilMs: number) => {
    if (!(untilMs > atMs)) return;
    const { phase, limit } = lanes[top]?.interval ?? IDLE;
    append(covered, phase, atMs, untilMs, limit);
    atMs = untilMs;
  };
  for (let index = 0; index < edges.ms.length; index += 1) {
    const lane = edges.lane[index]!;
    cover(edges.ms[index]!);
    // A lane's edges come in turn: it opens, and it closes.
    isOpen[lane] = 1 - isOpen[lane]!;
    if (lane < top) top = lane;
    else if (lane === top) while (top < lanes.length && isOpen[top] === 0) top += 1;
  }
  cover(toMs);
  return covered;
}

const IDLE = { phase: "idle", limit: null } as const;

/** After the last one of a cover, and as part of it where it is the same. */
export function append(
  cover: Interval[],
  phase: Phase,
  fromMs: number,
  toMs: number,
  limit: Interval["limit"],
): void {
  const last = cover.at(-1);
  const isSame = last?.phase === phase && last.limit?.id === limit?.id && last.limit?.key === limit?.key;
  if (isSame) cover[cover.length - 1] = { ...last, toMs };
  else cover.push(interval(phase, fromMs, toMs, limit));
}

/** In the order of precedence. The sort is stable: limits keep the order in which they were named. */
function lanesOf(fromMs: number, toMs: number, intervals: readonly Interval[]): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const each of intervals) {
    const from = Math.max(each.fromMs, fromMs);
    const to = Math.min(each.toMs, toMs);
    if (!(to > from)) continue;
    const key = laneKey(each);
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { interval: each, beginMs: [], endMs: [] };
      lanes.set(key, lane);
    }
    lane.beginMs.push(from);
    lane.endMs.push(to);
  }
  return [...lanes.values()].sort((a, b) => RANK.get(a.interval.phase)! - RANK.get(b.interval.phase)!);
}

/** Where a lane opens and closes, one after the other: the lane of each, by its place. */
interface Edges {
  readonly ms: Float64Array;
  readonly lane: Int32Array;
}

/** Without those inside of it: as many have begun as ended, so it does not matter which end belongs to which begin. */
function edgesOfLane({ beginMs, endMs }: Lane, place: number): Edges {
  const begins = Float64Array.from(beginMs).sort();
  const ends = Float64Array.from(endMs).sort();
  const ms = new Float64Array(begins.length * 2);
  let [count, begun, ended] = [0, 0, 0];
  while (ended < ends.length) {
    // At one instant those that begin come first, or neighbours would be two.
    if (begun < begins.length && begins[begun]! <= ends[ended]!) {
      if (begun === ended) ms[count++] = begins[begun]!;
      begun += 1;
    } else {
      ended += 1;
      if (begun === ended) ms[count++] = ends[ended - 1]!;
    }
  }
  return { ms: ms.subarray(0, count), lane: new Int32Array(count).fill(place) };
}

/** Two and two, until there is one. */
function mergedEdges(lists: readonly Edges[]): Edges {
  let left = lists;
  while (left.length > 1) {
    const merged: Edges[] = [];
    for (let index = 0; index < left.length; index += 2)
      merged.push(index + 1 < left.length ? mergeTwo(left[index]!, left[index + 1]!) : left[index]!);
    left = merged;
  }
  return left[0] ?? { ms: new Float64Array(), lane: new Int32Array() };
}

function mergeTwo(a: Edges, b: Edges): Edges {
  const length = a.ms.length + b.ms.length;
  const merged: Edges = { ms: new Float64Array(length), lane: new Int32Array(length) };
  let [fromA, fromB] = [0, 0];
  for (let index = 0; index < length; index += 1) {
    const isA = fromB >= b.ms.length || (fromA < a.ms.length && a.ms[fromA]! <= b.ms[fromB]!);
    const [from, at] = isA ? [a, fromA++] : [b, fromB++];
    merged.ms[index] = from.ms[at]!;
    merged.lane[index] = from.lane[at]!;
  }
  return merged;
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
