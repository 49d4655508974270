import { expect, test } from "vitest";
import { axisTimes, peakOf, stack, WHOLE_STEPS } from "./chart-scale.ts";

test("series on top of each other; what is missing is nothing", () => {
  expect(
    stack([
      [1, 2, null],
      [10, null, 5],
    ]),
  ).toEqual([
    [1, 2, 0],
    [11, 2, 5],
  ]);
});

test("an axis says the day where one begins, and days alone where it is long", () => {
  const at = (text: string) => Date.parse(text) / 1_000;
  const hours = ["2026-11-29T22:00Z", "2026-11-29T23:00Z", "2026-11-30T00:00Z", "2026-11-30T01:00Z"].map(at);
  expect(axisTimes(hours, 3_600, "UTC")).toEqual(["22:00", "23:00", "30 Nov", "01:00"]);
  expect(axisTimes([at("2026-11-29T00:00Z"), at("2026-11-30T00:00Z")], 86_400, "UTC")).toEqual([
    "29 Nov",
    "30 Nov",
  ]);
  expect(axisTimes([at("2026-11-29T10:00:05Z")], 5, "UTC")).toEqual(["10:00:05"]);
});

test("the first of the highest", () => {
  expect(peakOf([1, 4, null, 4, 2])).toBe(1);
  expect(peakOf([null, null])).toBeNull();
});

test("steps of counts are whole", () => {
  expect(WHOLE_STEPS.slice(0, 5)).toEqual([1, 2, 5, 10, 20]);
});
