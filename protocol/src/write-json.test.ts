import fc from "fast-check";
import { expect, test } from "vitest";
import { readVectors } from "../test/read-vectors.ts";
import { parseJson } from "./json.ts";
import { RawJson } from "./raw-json.ts";
import { writeJson } from "./write-json.ts";

for (const { name, input, expected } of readVectors<{ text: string }, string[]>("json-roundtrip.json")) {
  test(`read and written again: ${name}`, () => {
    expect(expected).toContain(writeJson(parseJson(input.text)));
  });
}

test("without raw values it writes what JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "binary" }), (value) => {
      expect(writeJson(value)).toBe(JSON.stringify(value));
    }),
  );
  const value = {
    a: undefined,
    b: [undefined, () => 1, Number.NaN],
    c: new Date(0),
    d: { e: undefined },
    1: true,
  };
  expect(writeJson(value)).toBe(JSON.stringify(value));
});

test("a raw value is written as it came", () => {
  const document = '{"v":{"b":1.0, "a":9007199254740993},"list":[{"v":1e400}]}';
  expect(writeJson(parseJson(document, { raw: new Set(["v"]) }))).toBe(document);
  expect(writeJson(new RawJson(" 1.0"))).toBe(" 1.0");
});

test("JSON.stringify refuses a raw value instead of changing it", () => {
  expect(() => JSON.stringify({ v: new RawJson("1.0") })).toThrow("writeJson");
});
