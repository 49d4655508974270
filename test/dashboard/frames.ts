import type { Page } from "playwright-core";

/** What a page was like to look at for a while, by the frames it drew. Milliseconds. */
export interface Frames {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
}

/** While `act` goes on every frame is timed, in the page itself. */
export async function framesWhile(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(START);
  await act();
  const gaps = (await page.evaluate(STOP)) as number[];
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: gaps.length, p50Ms: at(0.5), p99Ms: at(0.99), longestMs: sorted.at(-1) ?? 0 };
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
  globalThis.frameTimer = requestAnimationFrame((now) => { last = now; globalThis.frameTimer = requestAnimationFrame(frame); });
})()`;
const STOP = "cancelAnimationFrame(globalThis.frameTimer), globalThis.frameGaps";
