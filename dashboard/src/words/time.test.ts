import { expect, test } from "vitest";
import { age, duration } from "./time.ts";

test.each([
  [0, "0 ms"],
  [999.4, "999 ms"],
  [3_240, "3.2 s"],
  [59_960, "1 min"],
  [250_000, "4 min 10 s"],
  [3_599_700, "1 h"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
])("%d ms is %s", (ms, said) => {
  expect(duration(ms)).toBe(said);
});

test("an age has one unit and is never rounded up", () => {
  expect([400, 59_900, 119_000, 7_100_000, 200_000_000].map(age)).toEqual([
    "now",
    "59 s",
    "1 min",
    "1 h",
    "2 d",
  ]);
});
