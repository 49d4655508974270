import { Ajv2020 } from "ajv/dist/2020.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { judge, schemaFlaws, schemaProblem, schemaShapeProblem, sentenceOfFlaws } from "./json-schemas.ts";

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

describe("time decides nothing", () => {
  afterEach(() => vi.restoreAllMocks());

  test("a schema that takes long to compile is judged by all the same, and compiled once", () => {
    const compile = Ajv2020.prototype.compile;
    const slow = vi.spyOn(Ajv2020.prototype, "compile").mockImplementation(function (this: Ajv2020, schema) {
      const untilMs = performance.now() + 3_000;
      while (performance.now() < untilMs);
      return compile.call(this, schema);
    });
    const schema = JSON.stringify({ title: "slow", type: "object", required: ["amount"] });
    const amount = "must have required property 'amount'";
    expect(schemaFlaws(schema, "{}")).toEqual([{ pointer: "", detail: amount }]);
    expect(judge(schema, '{"amount":5}')).toEqual({ flaws: [], unjudged: null });
    expect(slow).toHaveBeenCalledTimes(1);
  });

  test("a check that takes long is finished", () => {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => (now += 60_000));
    vi.spyOn(Date, "now").mockImplementation(() => (now += 60_000));
    const unique = JSON.stringify({ uniqueItems: true, items: { pattern: "^(a+)+$" } });
    const items = Array.from({ length: 2_000 }, (_, n) => "a".repeat(n + 1));
    expect(judge(unique, JSON.stringify([...items.slice(0, 500), "a"])).flaws).toEqual([
      { pointer: "", detail: "must NOT have duplicate items (items ## 0 and 500 are identical)" },
    ]);
  });

  test.each([
    [
      "it has too many parts",
      { properties: Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [n, {}])) },
    ],
    ["its patterns are too large", { pattern: "(?:a{100}){200}" }],
    ["it has a pattern that looks behind", { pattern: "(?<=a)b" }],
    ["it has a pattern that refers back", { pattern: "(a)\\1" }],
    ["its references lead in circles", { $ref: "#" }],
  ])("what is beyond the bounds is never judged, and says why: %s", (why, schema) => {
    const text = JSON.stringify(schema);
    for (let round = 0; round < 3; round += 1)
      expect(judge(text, '"x"')).toEqual({ flaws: [], unjudged: why });
    expect(schemaProblem(text)).toBeNull();
  });

  test("a verdict is no promise", () => {
    expect(schemaFlaws('{"$async":true,"type":"string"}', "1")).toHaveLength(1);
  });
});

describe("references and unique items", () => {
  test("a schema that refers to itself is held against a tree", () => {
    const tree = JSON.stringify({
      $ref: "#/$defs/tree",
      $defs: {
        tree: { properties: { value: { type: "number" }, kids: { items: { $ref: "#/$defs/tree" } } } },
      },
    });
    expect(schemaFlaws(tree, '{"kids":[{"value":1},{"kids":[{"value":"x"}]}]}')).toEqual([
      { pointer: "/kids/1/kids/0/value", detail: "must be number" },
    ]);
  });

  test("objects are equal whatever the order of their keys", () => {
    expect(
      schemaFlaws('{"uniqueItems":true}', '[{"a":1,"b":[{"c":2,"d":3}]},{"b":[{"d":3,"c":2}],"a":1}]'),
    ).toHaveLength(1);
    expect(schemaFlaws('{"uniqueItems":true}', '[1,"1",[1],{"a":1},null,"null",true]')).toEqual([]);
    expect(schemaFlaws('{"uniqueItems":false}', "[1,1]")).toEqual([]);
  });

  test("what is evaluated is known where it is asked for", () => {
    const closed = JSON.stringify({ allOf: [{ properties: { a: {} } }], unevaluatedProperties: false });
    expect(schemaFlaws(closed, '{"a":1}')).toEqual([]);
    expect(schemaFlaws(closed, '{"b":1}')).toHaveLength(1);
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
    ["a pattern with steps without end", { pattern: "^(?:(?=.*b)a)*$" }, `${"a".repeat(30_000)}b`],
    ["references that double", doubling, 1],
    ["a reference to itself", { $ref: "#" }, 1],
    [
      "many parts on much data",
      { allOf: Array(500).fill({ items: { minimum: 3 } }) },
      Array.from({ length: 30_000 }, () => 1),
    ],
  ])("%s: given up in time", (_, schema, data) => {
    const startedAtMs = performance.now();
    expect(judge(JSON.stringify(schema), JSON.stringify(data)).unjudged).not.toBeNull();
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
  });

  test.each([
    ["a pattern that never ends", { pattern: "^(a+)+$" }, `${"a".repeat(60)}b`, 1],
    [
      "a long list of unique objects",
      { uniqueItems: true },
      Array.from({ length: 60_000 }, (_, n) => ({ n })),
      0,
    ],
  ])("%s: judged in time", (_, schema, data, flaws) => {
    const startedAtMs = performance.now();
    const verdict = judge(JSON.stringify(schema), JSON.stringify(data));
    expect({ ...verdict, flaws: verdict.flaws.length }).toEqual({ flaws, unjudged: null });
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
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
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(judge(JSON.stringify(slow), "1").unjudged).toBe("it has too many parts");
  });
});
