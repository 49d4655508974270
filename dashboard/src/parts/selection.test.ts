import { expect, test } from "vitest";
import { between, toggled } from "./selection.ts";

const ORDER = ["a", "b", "c", "d"];

test("a range has both of its ends, in the order of the page", () => {
  expect(between(ORDER, "b", "d")).toEqual(["b", "c", "d"]);
  expect(between(ORDER, "d", "b")).toEqual(["b", "c", "d"]);
  expect(between(ORDER, "c", "c")).toEqual(["c"]);
});

test("a range from a row that is gone is the row itself", () => {
  expect(between(ORDER, "gone", "b")).toEqual(["b"]);
});

test("toggled twice is as before", () => {
  expect([...toggled(toggled(new Set(["a"]), "b"), "b")]).toEqual(["a"]);
});
