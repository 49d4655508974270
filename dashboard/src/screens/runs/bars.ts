import type { AnswerOf } from "@durable/engine/api";
import { countOf } from "../../words/number.ts";
import { clockTime, duration } from "../../words/time.ts";

type Counts = AnswerOf<"countRuns">;

export interface Bar {
  readonly fromMs: number;
  readonly total: number;
  /** Failed, or on the way there. */
  readonly failed: number;
}

const BAD = ["failed", "failing"];

/** Of the statuses that are asked for; of all where none is. */
export function barsOf({ bars }: Counts, statuses: readonly string[]): readonly Bar[] {
  return bars.map(({ from, statuses: counts }) => {
    const shown = Object.entries(counts).filter(
      ([status]) => statuses.length === 0 || statuses.includes(status),
    );
    return {
      fromMs: Date.parse(from),
      total: sum(shown),
      failed: sum(shown.filter(([status]) => BAD.includes(status))),
    };
  });
}

function sum(counts: readonly (readonly [string, number | undefined])[]): number {
  return counts.reduce((total, [, count]) => total + (count ?? 0), 0);
}

/** What was dragged over, from bar to bar whichever way, as terms of the filter. */
export function spanOf(
  bars: readonly Bar[],
  stepMs: number,
  a: number,
  b: number,
): { after: string; before: string } {
  const [first, last] = [bars[Math.min(a, b)]!, bars[Math.max(a, b)]!];
  return {
    after: new Date(Math.floor(first.fromMs)).toISOString(),
    before: new Date(Math.ceil(last.fromMs + Math.max(1, stepMs))).toISOString(),
  };
}

/** The picture in a sentence. */
export function barsSaid(bars: readonly Bar[], stepMs: number, nowMs: number): string {
  const total = bars.reduce((sum, bar) => sum + bar.total, 0);
  const failed = bars.reduce((sum, bar) => sum + bar.failed, 0);
  const most = bars.reduce((a, b) => (b.total > a.total ? b : a));
  const at = (ms: number) => clockTime(new Date(ms).toISOString(), nowMs);
  return `${countOf(total, "run")}, ${countOf(failed, "of them failed", "of them failed")}, created from ${at(bars[0]!.fromMs)} to ${at(
    bars.at(-1)!.fromMs + stepMs,
  )}; most at ${at(most.fromMs)}: ${most.total} in ${duration(stepMs)}`;
}
