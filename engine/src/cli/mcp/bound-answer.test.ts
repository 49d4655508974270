import { expect, test } from "vitest";
import { ANSWER_CHARACTERS_MAX, bounded, valueAt } from "./bound-answer.ts";

test("what fits is left as it is", () => {
  const answer = { runs: [{ id: "a", wait: null }], next: null };
  expect(bounded(answer)).toEqual({ value: answer, cuts: [] });
});

test("a long text is cut, and its place told as a JSON Pointer that leads there", () => {
  const answer = { "a/b": [{ "m~n": "x".repeat(3_000) }] };
  const { value, cuts } = bounded(answer);
  expect(cuts).toEqual([{ pointer: "/a~1b/0/m~0n", shown: "2000 of 3000 characters" }]);
  expect(valueAt(value, "/a~1b/0/m~0n")).toBe(`${"x".repeat(2_000)}… (1000 more characters)`);
  expect(valueAt(answer, "/a~1b/0/m~0n")).toHaveLength(3_000);
});

test("many entries that are each small are cut until the whole fits", () => {
  const steps = Array.from({ length: 10_000 }, (_, n) => ({ id: `${n}`.padStart(36, "0"), name: "load" }));
  const { value, cuts } = bounded({ steps });
  expect(JSON.stringify(value).length).toBeLessThanOrEqual(ANSWER_CHARACTERS_MAX);
  expect(cuts[0]).toMatchObject({ pointer: "/steps", shown: "200 of 10000 entries" });
});

test("an object of somebody's data with many members is cut, too", () => {
  const output = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`user-${n}`, "y".repeat(100)]));
  const { value, cuts } = bounded({ output });
  expect(JSON.stringify(value).length).toBeLessThanOrEqual(ANSWER_CHARACTERS_MAX);
  expect(cuts[0]).toMatchObject({ pointer: "/output" });
});

test.each(["runs", "/nothing", "/runs/9", "/next/more", "/constructor"])("%s leads nowhere", (pointer) => {
  expect(valueAt({ runs: [], next: null }, pointer)).toBeUndefined();
});
