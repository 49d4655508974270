import { expect, test } from "vitest";
import { fact } from "./expressions.ts";
import { limitKeyOf } from "./limit-key.ts";

const keyOf = (key: Parameters<typeof limitKeyOf>[0], data: unknown) =>
  limitKeyOf(key, fact(JSON.stringify({ name: "e", data })));

test("a key is the JSON of one value, whether a path leads to it or an expression", () => {
  const data = { tenant: "acme", no: 7, off: null, on: true, deep: { er: "x" } };
  for (const [path, json] of [
    ["tenant", '"acme"'],
    ["no", "7"],
    ["off", "null"],
    ["on", "true"],
    ["deep.er", '"x"'],
  ] as const) {
    expect(keyOf(path, data)).toEqual({ ok: true, json });
    expect(keyOf({ cel: `event.data.${path}` }, data)).toEqual({ ok: true, json });
  }
  // 1 and "1" count apart.
  expect(keyOf("k", { k: "1" })).toEqual({ ok: true, json: '"1"' });
});

test("an event without the value has no key, nor has one where something else stands there", () => {
  const problemOf = (key: Parameters<typeof limitKeyOf>[0], data: unknown) => {
    const result = keyOf(key, data);
    return result.ok ? `it is ${result.json}` : result.problem;
  };
  expect(problemOf("tenant", {})).toBe('event.data has no "tenant"');
  expect(problemOf("tenant.id", { tenant: "acme" })).toBe('event.data has no "tenant.id"');
  expect(problemOf("tenant", null)).toBe('event.data has no "tenant"');
  // What every object has is in no event.
  expect(problemOf("constructor.name", {})).toBe('event.data has no "constructor.name"');
  expect(problemOf("tenant", { tenant: { id: 1 } })).toMatch(/^its key is an object, and must be/);
  expect(problemOf({ cel: "event.data.tenants" }, { tenants: ["a"] })).toMatch(/^its key is a list, and/);
  expect(problemOf({ cel: "event.data.tenant" }, {})).not.toMatch(/^it is/);
  expect(problemOf({ cel: "event.data.(" }, {})).toMatch(/^its key cannot be read: /);
});

test("what is kept of a key has a bound, and one beyond it is none: cut, two would count together", () => {
  expect(keyOf("k", { k: "x".repeat(498) }).ok).toBe(true);
  expect(keyOf("k", { k: "x".repeat(499) })).toEqual({
    ok: false,
    problem: "its key has 501 characters; at most 500 are kept",
  });
});
