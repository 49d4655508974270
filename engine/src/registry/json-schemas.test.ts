import { describe, expect, test } from "vitest";
import { schemaFlaws, schemaProblem, schemaShapeProblem, sentenceOfFlaws } from "./json-schemas.ts";

const order = JSON.stringify({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://example.com/order",
  type: "object",
  properties: { id: { type: "number" }, tags: { type: "array", prefixItems: [{ const: "a" }] } },
  required: ["id"],
  additionalProperties: false,
});

describe("what does not fit is told by place", () => {
  test("every flaw with a pointer", () => {
    expect(schemaFlaws(order, '{"id":"1","tags":["b"],"more":1}')).toEqual([
      { pointer: "", detail: 'must NOT have additional properties ("more")' },
      { pointer: "/id", detail: "must be number" },
      { pointer: "/tags/0", detail: "must be equal to constant" },
    ]);
    expect(schemaFlaws(order, '{"id":1.0}')).toEqual([]);
  });

  test("at most twenty, and three in a sentence", () => {
    const numbers = JSON.stringify({ items: { type: "number" } });
    const flaws = schemaFlaws(numbers, JSON.stringify(Array(30).fill("x")));
    expect(flaws).toHaveLength(20);
    expect(sentenceOfFlaws(flaws)).toBe(
      "/0 must be number; /1 must be number; /2 must be number; and 17 more.",
    );
  });

  test("two schemas with one $id do not know of each other", () => {
    const other = JSON.stringify({ $id: "https://example.com/order", type: "string" });
    expect(schemaFlaws(other, "1")).toEqual([{ pointer: "", detail: "must be string" }]);
  });
});

describe("older drafts and odd schemas", () => {
  test("draft-07 keeps its tuples", () => {
    const tuple = JSON.stringify({
      $schema: "http://json-schema.org/draft-07/schema#",
      items: [{ type: "number" }],
    });
    expect(schemaFlaws(tuple, '["x"]')).toEqual([{ pointer: "/0", detail: "must be number" }]);
  });

  test("true takes anything, false nothing", () => {
    expect(schemaFlaws("true", "1")).toEqual([]);
    expect(schemaFlaws("false", "1")).toHaveLength(1);
  });

  test("formats and unknown keywords are notes", () => {
    expect(schemaFlaws('{"format":"email","x-form":{"rows":3}}', '"no mail"')).toEqual([]);
  });

  test("what is no schema says why, and lets everything through", () => {
    for (const [text, why] of [
      ['{"type":"nmber"}', /type must be/],
      ['{"$ref":"https://example.com/elsewhere"}', /can't resolve reference/],
      ['"text"', /an object or a boolean/],
      [JSON.stringify({ enum: ["x".repeat(300 * 1024)] }), /longer than 256 KiB/],
    ] as const) {
      expect(schemaProblem(text)).toMatch(why);
      expect(schemaFlaws(text, "1")).toEqual([]);
    }
    expect(schemaProblem(order)).toBeNull();
  });
});

describe("hostile schemas", () => {
  const doubling = { $defs: {} as Record<string, unknown>, $ref: "#/$defs/d0" };
  for (let n = 0; n < 40; n += 1) {
    const next = { $ref: `#/$defs/d${n + 1}` };
    doubling.$defs[`d${n}`] = { allOf: [next, next] };
  }
  doubling.$defs["d40"] = {};

  test.each([
    ["a pattern that never ends", { pattern: "^(a+)+$" }, `${"a".repeat(60)}b`],
    ["references that double", doubling, 1],
    ["a reference to itself", { $ref: "#" }, 1],
    [
      "a long list of unique objects",
      { uniqueItems: true },
      Array.from({ length: 60_000 }, (_, n) => ({ n })),
    ],
  ])("%s: given up in time", (_, schema, data) => {
    const startedAtMs = performance.now();
    expect(schemaFlaws(JSON.stringify(schema), JSON.stringify(data))).toEqual([]);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });
});

describe("by its shape alone", () => {
  test("what is no schema is told, also of an older draft", () => {
    expect(schemaShapeProblem("5")).toBe("a JSON Schema is an object or a boolean");
    expect(schemaShapeProblem('{"type":"nonsense"}')).toContain("it/type must be equal to one of");
    expect(schemaShapeProblem('{"properties":{"a":{"minimum":"x"}}}')).toBe(
      "it/properties/a/minimum must be number",
    );
    const draft7 = { $schema: "http://json-schema.org/draft-07/schema#", items: [{}] };
    expect(schemaShapeProblem(JSON.stringify(draft7))).toBeNull();
    for (const text of ["true", "{}", order]) expect(schemaShapeProblem(text)).toBeNull();
  });

  test("in a time that grows with its length, where compiling does not end", () => {
    const leaf = { properties: Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`p${n}`, {}])) };
    const slow = { allOf: Array(1_500).fill({ $ref: "#/$defs/leaf" }), $defs: { leaf } };
    const many = { type: Array.from({ length: 5_000 }, (_, n) => `t${n}`) };
    const startMs = performance.now();
    for (let round = 0; round < 20; round += 1) {
      expect(schemaShapeProblem(JSON.stringify(slow))).toBeNull();
      expect(schemaShapeProblem(JSON.stringify(many))).not.toBeNull();
    }
    expect(performance.now() - startMs).toBeLessThan(2_000);
    // It is compiled against the clock, and what could not be judged in time is let through.
    expect(schemaFlaws(JSON.stringify({ ...slow, type: "string" }), "1", true)).toEqual([]);
  });
});
