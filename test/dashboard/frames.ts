import type { Page } from "playwright-core";

/** What a page was like to look at for a while, by the frames it drew. Milliseconds. */
export interface Frames {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** The longest that the page's own code held it up, 50 ms and more; below that browsers tell nothing, and it is 0. */
  readonly longestTaskMs: number;
}

/** While `act` goes on every frame is timed, in the page itself. */
export async function framesWhile(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(START);
  await act();
  const { gaps, tasks } = (await page.evaluate(STOP)) as { gaps: number[]; tasks: number[] };
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    count: gaps.length,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    longestMs: sorted.at(-1) ?? 0,
    longestTaskMs: Math.max(0, ...tasks),
  };
}

// As text: tests are compiled without what only pages have.
const START = `(() => {
  const gaps = [];
  let last = performance.now();
  const frame = (now) => {
    gaps.push(now - last);
    last = now;
    globalThis.frameTimer = requestAnimationFrame(frame);
  };
  globalThis.frameGaps = gaps;
  globalThis.longTasks = [];
  globalThis.taskObserver = new PerformanceObserver((list) => globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  globalThis.taskObserver.observe({ type: "longtask" });
  globalThis.frameTimer = requestAnimationFrame((now) => { last = now; globalThis.frameTimer = requestAnimationFrame(frame); });
})()`;
const STOP = `(() => {
  cancelAnimationFrame(globalThis.frameTimer);
  globalThis.taskObserver.disconnect();
  return { gaps: globalThis.frameGaps, tasks: globalThis.longTasks };
})()`;
