import { expect, test } from "vitest";
import { countOf, listed, ordinal, percent, short } from "./number.ts";

test("a number and its thing", () => {
  expect([
    countOf(0, "run"),
    countOf(1, "run"),
    countOf(1_234, "run"),
    countOf(2, "reply", "replies"),
  ]).toEqual(["0 runs", "1 run", "1,234 runs", "2 replies"]);
});

test.each([
  [0, "0"],
  [0.25, "0.25"],
  [999, "999"],
  [1_000, "1k"],
  [1_240, "1.2k"],
  [34_499, "34k"],
  [999_600, "1M"],
  [5_630_000, "5.6M"],
])("%d is %s where there is little room", (count, said) => {
  expect(short(count)).toBe(said);
});

test("a share is never told as nothing when it is something", () => {
  expect([
    percent(0, 9),
    percent(1, 100_000),
    percent(34, 1_000),
    percent(571, 1_000),
    percent(0, 0),
  ]).toEqual(["0 %", "< 0.1 %", "3.4 %", "57 %", "0 %"]);
});

test("lists and days", () => {
  expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b or c",
  ]);
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 31].map(ordinal).join(" ")).toBe(
    "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 31st",
  );
});
