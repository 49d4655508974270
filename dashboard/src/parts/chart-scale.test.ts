import { expect, test } from "vitest";
import { axisDuration, axisTimes, lonely, peakOf, stack, TIME_STEPS, WHOLE_STEPS } from "./chart-scale.ts";

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

test("steps of durations are said in one unit, and so are their multiples", () => {
  expect(
    [0, 200, 15_000, 90_000, 300_000, 5_400_000, 7_200_000, 129_600_000, 172_800_000].map(axisDuration),
  ).toEqual(["0", "200 ms", "15 s", "90 s", "5 min", "90 min", "2 h", "36 h", "2 d"]);
  expect(TIME_STEPS.every((step, index) => index === 0 || step > TIME_STEPS[index - 1]!)).toBe(true);
});

test("a value that stands alone", () => {
  expect(lonely([1, null, 2, 3, null, 4])).toEqual([0, 5]);
  expect(lonely([null])).toEqual([]);
});
