// Bars as what is drawn of them between left and right. Hundreds of slivers that are thinner than a pixel are drawn as what is most of them.
import type { Phase } from "../words/phase.ts";
import type { Scale } from "./scale.ts";
import type { Bar } from "./span.ts";

/** In shares of the width. `isOpen`: it goes on, and grows by itself. */
export interface Segment {
  readonly left: number;
  readonly width: number;
  readonly phase: Phase;
  readonly ms: number;
  readonly isOpen: boolean;
}

/** Up to so many are drawn one by one. */
const EXACT_MAX = 40;
/** More are drawn in so many columns. */
const COLUMNS = 300;

export function segmentsOf(bars: readonly Bar[], scale: Scale, nowMs: number): Segment[] {
  const seen = bars.filter(({ fromMs, toMs }) => (toMs ?? nowMs) >= scale.fromMs && fromMs <= scale.toMs);
  return seen.length <= EXACT_MAX
    ? seen.map((bar) => segmentOf(bar, scale, nowMs))
    : inColumns(seen, scale, nowMs);
}

function segmentOf({ phase, fromMs, toMs }: Bar, scale: Scale, nowMs: number): Segment {
  const left = clamp(scale.x(fromMs));
  const width = clamp(scale.x(toMs ?? nowMs)) - left;
  return { left, width, phase, ms: (toMs ?? nowMs) - fromMs, isOpen: toMs === null };
}

function inColumns(bars: readonly Bar[], scale: Scale, nowMs: number): Segment[] {
  const columns: (Bar | null)[] = new Array(COLUMNS).fill(null);
  const share = new Float64Array(COLUMNS);
  for (const bar of bars) {
    const from = clamp(scale.x(bar.fromMs)) * COLUMNS;
    const to = clamp(scale.x(bar.toMs ?? nowMs)) * COLUMNS;
    for (let at = Math.floor(from); at < Math.min(COLUMNS, Math.max(from + 1e-6, to)); at += 1) {
      const covered = Math.min(at + 1, to) - Math.max(at, from);
      if (columns[at] !== null && covered <= share[at]!) continue;
      columns[at] = bar;
      share[at] = covered;
    }
  }
  const segments: Segment[] = [];
  for (let at = 0; at < COLUMNS; ) {
    const bar = columns[at]!;
    let end = at + 1;
    while (end < COLUMNS && columns[end]?.phase === bar?.phase) end += 1;
    if (bar !== null) {
      const ms = scale.ms(end / COLUMNS) - scale.ms(at / COLUMNS);
      segments.push({ left: at / COLUMNS, width: (end - at) / COLUMNS, phase: bar.phase, ms, isOpen: false });
    }
    at = end;
  }
  return segments;
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
