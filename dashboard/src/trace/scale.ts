// Where an instant stands between left and right. Idle stretches are squeezed to slivers of one width when that is asked for; between
// them time is as long as it is everywhere else.
import type { Stretch } from "./idle.ts";

export interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
  /** Those that are squeezed. */
  readonly folds: readonly Stretch[];
  /** 0 at the left, 1 at the right; beyond them outside. */
  x(ms: number): number;
  ms(x: number): number;
  /** Milliseconds from left to right if all were as long as what is not squeezed. */
  readonly widthMs: number;
}

/** Of what is not squeezed: how much a fold takes, and how much all folds take together at most. */
const FOLD_SHARE = 0.035;
const FOLDS_SHARE_MAX = 0.4;
/** What saves less than this is not squeezed. */
const WORTH_IT = 2;

export function timeScale(fromMs: number, toMs: number, idle: readonly Stretch[] = []): Scale {
  const totalMs = Math.max(1, toMs - fromMs);
  const idleMs = idle.reduce((sum, each) => sum + each.toMs - each.fromMs, 0);
  const busyMs = totalMs - idleMs;
  const foldMs = busyMs * Math.min(FOLD_SHARE, FOLDS_SHARE_MAX / Math.max(1, idle.length));
  const folds = busyMs <= 0 ? [] : idle.filter((each) => each.toMs - each.fromMs > foldMs * WORTH_IT);
  // Instants, and how far they are from the left in milliseconds that are drawn.
  const times = [fromMs];
  const places = [0];
  const step = (ms: number, widthMs: number) => {
    times.push(ms);
    places.push(places.at(-1)! + widthMs);
  };
  for (const fold of folds) {
    step(fold.fromMs, fold.fromMs - times.at(-1)!);
    step(fold.toMs, foldMs);
  }
  step(Math.max(toMs, fromMs + 1), Math.max(toMs, fromMs + 1) - times.at(-1)!);
  const widthMs = places.at(-1)!;
  return {
    fromMs,
    toMs,
    folds,
    widthMs,
    x: (ms) => map(times, places, ms) / widthMs,
    ms: (x) => map(places, times, x * widthMs),
  };
}

/** The same scale, of which only a part is seen. */
export function zoomed(scale: Scale, part: Stretch | null): Scale {
  if (part === null) return scale;
  const left = scale.x(part.fromMs);
  const share = Math.max(1e-9, scale.x(part.toMs) - left);
  return {
    fromMs: part.fromMs,
    toMs: part.toMs,
    folds: scale.folds.filter((fold) => fold.toMs > part.fromMs && fold.fromMs < part.toMs),
    widthMs: scale.widthMs * share,
    x: (ms) => (scale.x(ms) - left) / share,
    ms: (x) => scale.ms(left + x * share),
  };
}

/** From one list of rising numbers into another, straight between them, and on beyond their ends. */
function map(from: readonly number[], to: readonly number[], value: number): number {
  let low = 0;
  let high = from.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (from[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  const length = from[low + 1]! - from[low]!;
  const share = length === 0 ? 0 : (value - from[low]!) / length;
  return to[low]! + share * (to[low + 1]! - to[low]!);
}

/**
 * Where the right of a run that goes on is: a little ahead of now, in steps that grow with it, so that what is drawn moves seldom and
 * by a little.
 */
export function rightEdgeMs(startMs: number, nowMs: number): number {
  const elapsedMs = Math.max(1_000, nowMs - startMs);
  const stepMs = 2 ** Math.floor(Math.log2(elapsedMs)) / 8;
  return startMs + (Math.floor(elapsedMs / stepMs) + 1) * stepMs;
}
