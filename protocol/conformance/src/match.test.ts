import { RawJson } from "@durable/protocol/wire";
import { describe, expect, test } from "vitest";
import { mismatches, resolveBound } from "./match.ts";

const flaws = (pattern: unknown, value: unknown) => mismatches(pattern, value, new Map());

describe("matches", () => {
  test.each<[string, unknown, unknown]>([
    ["itself", { a: [1, null, "x"] }, { a: [1, null, "x"] }],
    ["with members beside", { a: 1 }, { a: 1, b: 2 }],
    ["whatever is there", { a: { $any: true } }, { a: null }],
    ["what is not there", { a: { $absent: true } }, {}],
    ["what may be true or missing", { a: { $notFalse: true } }, {}],
    ["a text", { a: { $text: "^b+$" } }, { a: "bbb" }],
    ["in any order", { $unordered: [1, { a: 2 }] }, [{ a: 2, b: 3 }, 1]],
    ["a value that was kept as text", { v: { a: [1] } }, { v: new RawJson('{"a":[1.0]}') }],
  ])("%s", (_, pattern, value) => expect(flaws(pattern, value)).toEqual([]));
});

describe("does not match", () => {
  test.each<[string, unknown, unknown]>([
    ["another value", { a: 1 }, { a: 2 }],
    ["a list for an object", { v: {} }, { v: [] }],
    ["an object for a list", { v: [] }, { v: {} }],
    ["null for nothing", { a: { $absent: true } }, { a: null }],
    ["nothing for null", { a: null }, {}],
    ["a number as text", { a: 1 }, { a: "1" }],
    ["false where that is meant", { a: { $notFalse: true } }, { a: false }],
    ["an item too many", [1], [1, 2]],
    ["another order", [1, 2], [2, 1]],
    ["the same item for two", { $unordered: [1, 1] }, [1, 2]],
    ["a member too many in a value of users", { v: { a: 1 } }, { v: { a: 1, b: 2 } }],
    ["one deep in such a value", { output: [{ a: {} }] }, { output: [{ a: { b: 1 } }] }],
  ])("%s", (_, pattern, value) => expect(flaws(pattern, value).length).toBeGreaterThan(0));
});

test("what is bound is the same wherever its name is", () => {
  const bindings = new Map<string, unknown>();
  expect(mismatches({ id: { $bind: "x" } }, { id: "a" }, bindings)).toEqual([]);
  expect(mismatches({ id: { $bound: "x" } }, { id: "a" }, bindings)).toEqual([]);
  expect(mismatches({ id: { $bound: "x" } }, { id: "b" }, bindings)).toEqual([
    'body.id should be "a", and is "b"',
  ]);
  expect(resolveBound({ memo: [{ id: { $bound: "x" } }] }, bindings)).toEqual({ memo: [{ id: "a" }] });
  expect(() => resolveBound({ $bound: "y" }, bindings)).toThrow('Nothing was bound as "y".');
});

test("an item that does not match leaves no name behind", () => {
  const bindings = new Map<string, unknown>();
  const pattern = {
    $unordered: [
      { id: { $bind: "b" }, name: "b" },
      { id: { $bind: "a" }, name: "a" },
    ],
  };
  expect(
    mismatches(
      pattern,
      [
        { id: 1, name: "a" },
        { id: 2, name: "b" },
      ],
      bindings,
    ),
  ).toEqual([]);
  expect(Object.fromEntries(bindings)).toEqual({ a: 1, b: 2 });
});
