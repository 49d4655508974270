import { expect, test } from "vitest";
import { rightEdgeMs, timeScale, zoomed } from "./scale.ts";
import { readZoom, writeZoom } from "./zoom.ts";

test("without idle time left is the start, right the end, and there and back is the same", () => {
  const scale = timeScale(1_000, 2_000);
  expect([1_000, 1_500, 2_000].map(scale.x)).toEqual([0, 0.5, 1]);
  expect(scale.ms(0.25)).toBe(1_250);
  expect(scale.folds).toEqual([]);
});

test("idle time is squeezed, and what is between is as long as it is elsewhere", () => {
  const day = 86_400_000;
  const scale = timeScale(0, day + 2_000, [{ fromMs: 1_000, toMs: day + 1_000 }]);
  const before = scale.x(1_000) - scale.x(0);
  const fold = scale.x(day + 1_000) - scale.x(1_000);
  const after = scale.x(day + 2_000) - scale.x(day + 1_000);
  expect(before).toBeCloseTo(after, 9);
  expect(fold).toBeLessThan(0.05);
  expect(scale.folds).toHaveLength(1);
  expect(scale.ms(scale.x(1_000 + day / 2))).toBeCloseTo(1_000 + day / 2, 3);
});

test("what is no longer than a fold would be stays, and so does a run that only waits", () => {
  expect(timeScale(0, 1_000, [{ fromMs: 500, toMs: 520 }]).folds).toEqual([]);
  expect(timeScale(0, 1_000, [{ fromMs: 0, toMs: 1_000 }]).folds).toEqual([]);
});

test("many folds take less than half of the width together", () => {
  const idle = Array.from({ length: 100 }, (_, at) => ({
    fromMs: at * 1_000 + 10,
    toMs: at * 1_000 + 1_000,
  }));
  const scale = timeScale(0, 100_000, idle);
  const folded = scale.folds.reduce((sum, { fromMs, toMs }) => sum + scale.x(toMs) - scale.x(fromMs), 0);
  expect(scale.folds).toHaveLength(100);
  expect(folded).toBeLessThan(0.4);
});

test("a part of a scale is seen from edge to edge", () => {
  const part = zoomed(timeScale(0, 1_000), { fromMs: 200, toMs: 400 });
  expect([200, 300, 400].map(part.x)).toEqual([0, 0.5, 1].map((x) => expect.closeTo(x, 9)));
  expect(part.x(0)).toBeCloseTo(-1, 9);
  expect(part.ms(0.5)).toBeCloseTo(300, 9);
  expect(part.widthMs).toBeCloseTo(200, 9);
});

test("the edge of what goes on is ahead of now, and moves seldom", () => {
  const edges = new Set(Array.from({ length: 60 }, (_, second) => rightEdgeMs(0, 64_000 + second * 1_000)));
  expect(edges.size).toBeLessThan(10);
  expect(rightEdgeMs(0, 65_000)).toBeGreaterThan(65_000);
  expect(rightEdgeMs(5_000, 5_000)).toBeGreaterThan(5_000);
});

test("a zoom in the address counts from the run's start", () => {
  expect(readZoom("1200-5400", 1_000)).toEqual({ fromMs: 2_200, toMs: 6_400 });
  expect(writeZoom({ fromMs: 2_200.4, toMs: 6_399.2 }, 1_000)).toBe("1200-5400");
  expect([undefined, "", "5-5", "9-1", "a-b", "-1-5"].map((text) => readZoom(text, 0))).toEqual(
    Array.from({ length: 6 }, () => null),
  );
});
