import { expect, test } from "vitest";
import { atSteps, createdWithin, RANGE, RANGES, spanOf, stepsOf } from "./time-range.ts";

const NOW = Date.parse("2026-11-29T13:07:41.500Z");

test("a range ends with the step of now, and is the same as long as that lasts", () => {
  const span = spanOf("1h", NOW);
  expect(new Date(span.toMs).toISOString()).toBe("2026-11-29T13:08:00.000Z");
  expect(spanOf("1h", NOW + 10_000)).toEqual(span);
  expect(stepsOf(span)).toHaveLength(60);
});

test("steps of all ranges begin where the engine's do, and are not many", () => {
  for (const range of RANGES) {
    const span = spanOf(range, NOW);
    expect(stepsOf(span).length).toBeLessThanOrEqual(150);
    expect(span.fromMs % RANGE[range].stepMs).toBe(0);
  }
});

test("a row for each step", () => {
  const span = { fromMs: 0, toMs: 180_000, stepMs: 60_000 };
  const rows = [
    { at: "1970-01-01T00:01:00.000Z", n: 5 },
    { at: "1970-01-01T00:09:00.000Z", n: 9 },
  ];
  expect(atSteps(span, rows, ({ n }) => n, 0)).toEqual([0, 5, 0]);
});

test("a filter for runs of a time", () => {
  expect(createdWithin(0, 60_500)).toBe("after:1970-01-01T00:00:00Z before:1970-01-01T00:01:00.500Z");
});
