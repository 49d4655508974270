import { barsOf } from "./bars.ts";
import type { Forest } from "./forest.ts";
import type { Bar } from "./span.ts";

/** Of many spans together, in the order of time. Where they overlap the later one is drawn over the earlier. */
export function groupBars(forest: Forest, members: readonly number[]): Bar[] {
  return members.flatMap((at) => barsOf(forest, at)).sort((a, b) => a.fromMs - b.fromMs);
}

/** From the first start to the last end; null while one of them goes on. */
export function groupTime(
  forest: Forest,
  members: readonly number[],
): { startMs: number; endMs: number | null } {
  let startMs = Number.POSITIVE_INFINITY;
  let endMs: number | null = 0;
  for (const at of members) {
    const span = forest.spans[at]!;
    startMs = Math.min(startMs, span.startMs);
    endMs = endMs === null || span.endMs === null ? null : Math.max(endMs, span.endMs);
  }
  return { startMs, endMs };
}
