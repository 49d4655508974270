import { expect, test } from "vitest";
import { ExactNumber } from "../api/exact-json.ts";
import {
  countSaid,
  kindOf,
  membersOf,
  preview,
  scalarText,
  sizeSaid,
  unfoldedLevels,
} from "./json-view-model.ts";

test("every kind of value is told apart, numbers that no double holds among them", () => {
  expect([null, undefined, true, 1, new ExactNumber("12345678901234567890"), "", [], {}].map(kindOf)).toEqual(
    ["null", "null", "boolean", "number", "number", "string", "array", "object"],
  );
  expect(scalarText(new ExactNumber("12345678901234567890"))).toBe("12345678901234567890");
  expect(scalarText('a "b"\n')).toBe('"a \\"b\\"\\n"');
  expect(scalarText(undefined)).toBe("null");
});

test("as many levels stand open as fit in forty lines, and the first one always", () => {
  expect(unfoldedLevels({ a: 1 })).toBe(1);
  expect(unfoldedLevels({ a: { b: { c: [1, 2] } } })).toBe(4);
  expect(unfoldedLevels({ rows: Array.from({ length: 100 }, () => ({ a: 1 })) })).toBe(1);
  expect(unfoldedLevels(Array.from({ length: 100_000 }, () => 1))).toBe(1);
  expect(unfoldedLevels("text")).toBe(1);
});

test("what is folded says what it is in few characters", () => {
  expect(preview({ reserved: 3, warehouse: "Zurich" })).toBe('reserved: 3, warehouse: "Zurich"');
  expect(preview([{}, { a: 1 }, [], [1]])).toBe("{}, {…}, [], […]");
  expect(preview(Array.from({ length: 1_200 }, (_, at) => at))).toBe(
    "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, … 1,200 items",
  );
  expect(preview({ text: "x".repeat(100), more: "y".repeat(100) })).toBe(
    `text: "${"x".repeat(24)}…", … 2 members`,
  );
});

test("of many members the first ones are drawn", () => {
  const many = Array.from({ length: 5_000 }, (_, at) => at);
  expect(membersOf(many, 2)).toEqual([
    { name: null, value: 0 },
    { name: null, value: 1 },
  ]);
  expect(membersOf({ a: 1, b: 2 }, 1)).toEqual([{ name: "a", value: 1 }]);
  expect(countSaid(many)).toBe("5,000 items");
  expect(countSaid({ a: 1 })).toBe("1 member");
});

test.each([
  [12, "12 B"],
  [4_160, "4.2 kB"],
  [5_200_000, "5.2 MB"],
])("%d characters are %s", (characters, said) => {
  expect(sizeSaid(characters)).toBe(said);
});
