import { expect, test } from "vitest";
import { ExactNumber } from "../../api/exact-json.ts";
import { diffJson, isSameJson } from "./json-diff.ts";

test("the same is the same, however it is nested", () => {
  const value = () => ({ a: [1, { b: null }], c: new ExactNumber("12345678901234567890") });
  expect(diffJson(value(), value(), 10)).toEqual([]);
  expect(isSameJson(null, null)).toBe(true);
});

test("each difference is told with its place, in the order of the value", () => {
  const a = { lines: [{ sku: "a", count: 1 }, { sku: "b" }], total: 3, "odd name": 1 };
  const b = { lines: [{ sku: "a", count: 2 }], total: 3, "odd name": 2, added: [] };
  expect(diffJson(a, b, 10)).toEqual([
    { path: "lines[0].count", a: 1, b: 2 },
    { path: "lines[1]", a: { sku: "b" }, b: undefined },
    { path: '["odd name"]', a: 1, b: 2 },
    { path: "added", a: undefined, b: [] },
  ]);
});

test("another kind of value is another value; numbers that no double holds are compared as they are written", () => {
  expect(diffJson([1], { 0: 1 }, 10)).toEqual([{ path: "", a: [1], b: { 0: 1 } }]);
  expect(isSameJson(new ExactNumber("9007199254740993"), new ExactNumber("9007199254740994"))).toBe(false);
  expect(isSameJson("1", 1)).toBe(false);
});

test("no more are looked for than are shown, and depth is no matter", () => {
  const many = (value: number) => Array.from({ length: 1_000 }, () => value);
  expect(diffJson(many(1), many(2), 5)).toHaveLength(5);
  const deep = (end: number) => {
    let value: unknown = end;
    for (let level = 0; level < 20_000; level += 1) value = [value];
    return value;
  };
  expect(diffJson(deep(1), deep(2), 5)).toHaveLength(1);
});
