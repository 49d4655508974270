import { expect, test } from "vitest";
import { fact } from "./expressions.ts";
import { termsOf } from "./run-terms.ts";

const of = (data: unknown, ...searchable: string[]) =>
  termsOf({ searchable }, [], () => fact(JSON.stringify({ name: "n", data })));

test("a value is found as people type it", () => {
  const data = { user: { id: 42, name: "Ada L", vip: true, none: null, deep: {} }, tags: ["a", 1, "a", {}] };
  expect(of(data, "data.user.id", "data.user.name", "data.user.vip")).toEqual([
    ["data.user.id", "42"],
    ["data.user.name", "Ada L"],
    ["data.user.vip", "true"],
  ]);
  expect(of(data, "data.tags")).toEqual([
    ["data.tags", "a"],
    ["data.tags", "1"],
  ]);
  expect(of(data, "data.user.none", "data.user.deep", "data.user.gone.id", "data.toString")).toEqual([]);
  expect(of("text", "data.user.id")).toEqual([]);
});

test("what is long, or what Postgres cannot keep, is left out", () => {
  expect(of({ a: "x".repeat(200) }, "data.a")).toHaveLength(1);
  for (const a of ["x".repeat(201), "a\0b", "\ud800", ""]) expect(of({ a }, "data.a")).toEqual([]);
  expect(of({ a: Array.from({ length: 50 }, (_, no) => no) }, "data.a")).toHaveLength(20);
});

test("tags of the function and of the event are one set, and an event is not looked at without a path", () => {
  const look = () => {
    throw new Error("looked at");
  };
  expect(termsOf({ tags: ["a", "b"] }, ["b", "c"], look)).toEqual([
    ["tag", "a"],
    ["tag", "b"],
    ["tag", "c"],
  ]);
  expect(termsOf({}, [], look)).toEqual([]);
});
