import { expect, test } from "vitest";
import { niceStep, ticksOf } from "./axis.ts";
import { timeScale, zoomed } from "./scale.ts";

test.each([
  [1_000, 10, 100],
  [9_000, 10, 1_000],
  [3_600_000, 8, 600_000],
  [240_000_000_000, 8, 364 * 86_400_000],
])("of %d ms in at most %d marks each is %d ms", (width, most, step) => {
  expect(niceStep(width, most)).toBe(step);
});

const labels = (...of: Parameters<typeof ticksOf>) => ticksOf(...of).map(({ label }) => label);

test("marks count from the run's start, as fine as their step", () => {
  expect(labels(timeScale(500, 1_000), 500, 5)).toEqual([
    "0",
    "100 ms",
    "200 ms",
    "300 ms",
    "400 ms",
    "500 ms",
  ]);
  expect(labels(timeScale(0, 120_000), 0, 4)).toEqual(["0", "30 s", "1 min", "1 min 30 s", "2 min"]);
  expect(labels(zoomed(timeScale(0, 10_000), { fromMs: 1_400, toMs: 1_800 }), 0, 4)).toEqual([
    "1.4 s",
    "1.5 s",
    "1.6 s",
    "1.7 s",
    "1.8 s",
  ]);
});

test("no mark stands in a fold, and a long fold costs nothing", () => {
  const year = 365 * 86_400_000;
  const scale = timeScale(0, year + 200, [{ fromMs: 100, toMs: year + 100 }]);
  const ticks = ticksOf(scale, 0, 8);
  expect(ticks.length).toBeLessThan(12);
  const [from, to] = [scale.x(100), scale.x(year + 100)];
  expect(ticks.every(({ x }) => x <= from + 1e-9 || x >= to - 1e-9)).toBe(true);
});
