import { expect, test } from "vitest";
import { timeScale, zoomed } from "./scale.ts";
import { segmentsOf } from "./segments.ts";
import { phase } from "./span.fixture.ts";

test("bars are cut at the edges, and what is outside is not drawn", () => {
  const scale = zoomed(timeScale(0, 1_000), { fromMs: 200, toMs: 400 });
  expect(
    segmentsOf([phase("app", 0, 100), phase("queue", 100, 300), phase("sleep", 300, null)], scale, 900),
  ).toEqual([
    { left: 0, width: expect.closeTo(0.5, 9), phase: "queue", ms: 200, isOpen: false },
    { left: expect.closeTo(0.5, 9), width: expect.closeTo(0.5, 9), phase: "sleep", ms: 600, isOpen: true },
  ]);
});

test("of thousands each column is drawn as what is most of it", () => {
  const bars = Array.from({ length: 2_000 }, (_, n) => phase(n % 10 === 0 ? "engine" : "app", n, n + 1));
  const segments = segmentsOf(bars, timeScale(0, 2_000), 2_000);
  expect(segments.length).toBeLessThanOrEqual(300);
  expect(segments.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1, 6);
});
