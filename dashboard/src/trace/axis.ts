// Marks on the time axis, at numbers that people count in.
import type { Scale } from "./scale.ts";

export interface Tick {
  readonly x: number;
  readonly label: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14, 28, 91, 182, 364, 1_820].map((count) => count * DAY),
];

/** The least nice step of which no more than `most` fit. */
export function niceStep(widthMs: number, most: number): number {
  return STEPS.find((step) => widthMs / step <= most) ?? STEPS.at(-1)!;
}

/** @param originMs What the labels count from: the run's start. */
export function ticksOf(scale: Scale, originMs: number, most: number): Tick[] {
  const stepMs = niceStep(scale.widthMs, most);
  const ticks: Tick[] = [];
  let fromMs = scale.fromMs;
  const add = (toMs: number) => {
    const first = Math.ceil((fromMs - originMs) / stepMs - 1e-9);
    for (let n = first; originMs + n * stepMs <= toMs; n += 1)
      ticks.push({ x: scale.x(originMs + n * stepMs), label: offset(n * stepMs, stepMs) });
  };
  for (const fold of scale.folds) {
    if (fold.fromMs > fromMs) add(fold.fromMs);
    fromMs = Math.max(fromMs, fold.toMs);
  }
  if (scale.toMs > fromMs) add(scale.toMs);
  return thinned(ticks, 0.6 / most);
}

/** After a fold two marks may stand on one another. */
function thinned(ticks: readonly Tick[], apart: number): Tick[] {
  const kept: Tick[] = [];
  for (const tick of ticks) {
    const last = kept.at(-1);
    if (last === undefined || tick.x - last.x >= apart) kept.push(tick);
  }
  return kept;
}

/** As fine as the step between two marks, and no finer: `0`, `200 ms`, `1.5 s`, `2 min 30 s`, `3 h`, `2 d 6 h`. */
function offset(ms: number, stepMs: number): string {
  if (ms === 0) return "0";
  if (ms < SECOND) return `${ms} ms`;
  if (ms < MINUTE)
    return `${(ms / SECOND).toFixed(stepMs >= SECOND ? 0 : stepMs >= 100 ? 1 : stepMs >= 10 ? 2 : 3)} s`;
  if (ms < HOUR) return two(ms, MINUTE, "min", SECOND, "s", stepMs);
  if (ms < DAY) return two(ms, HOUR, "h", MINUTE, "min", stepMs);
  return two(ms, DAY, "d", HOUR, "h", stepMs);
}

function two(
  ms: number,
  big: number,
  bigName: string,
  small: number,
  smallName: string,
  stepMs: number,
): string {
  const rest = (ms % big) / small;
  const whole = `${Math.floor(ms / big)} ${bigName}`;
  if (rest === 0) return whole;
  return `${whole} ${stepMs >= small ? Math.floor(rest) : rest.toFixed(1)} ${smallName}`;
}
