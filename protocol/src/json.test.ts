import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readVectors } from "../test/read-vectors.ts";
import { type ParseJsonOptions, parseJson } from "./json.ts";
import { JsonProblem } from "./json-problem.ts";
import { RawJson } from "./raw-json.ts";
import { writeJson } from "./write-json.ts";

const utf8 = new TextEncoder();

function problemOf(source: string | Uint8Array, options?: ParseJsonOptions): JsonProblem {
  try {
    parseJson(source, options);
  } catch (error) {
    if (error instanceof JsonProblem) return error;
    throw error;
  }
  throw new Error("It was read, although it should have been refused.");
}

type Document = { text?: string; bytes_base64?: string; numbers?: "any" };
type Reading = { value: unknown } | { problem: string; offset: number };
for (const { name, input, expected } of readVectors<Document, Reading>("json.json")) {
  test(`json: ${name}`, () => {
    const options = input.numbers === undefined ? {} : { numbers: input.numbers };
    const sources = input.text === undefined ? [] : [input.text, utf8.encode(input.text)];
    if (input.bytes_base64 !== undefined)
      sources.push(new Uint8Array(Buffer.from(input.bytes_base64, "base64")));
    for (const source of sources) {
      if ("value" in expected) {
        expect(writeJson(parseJson(source, options))).toBe(JSON.stringify(expected.value));
      } else {
        const { code, offset } = problemOf(source, options);
        expect({ code, offset }).toEqual({ code: expected.problem, offset: expected.offset });
      }
    }
  });
}

type Kept = string | { problem: string };
for (const { name, input, expected } of readVectors<{ text: string; member: string }, Kept>(
  "json-raw.json",
)) {
  test(`raw: ${name}`, () => {
    const options = { raw: new Set([input.member]) };
    if (typeof expected === "object") {
      expect(problemOf(input.text, options).code).toBe(expected.problem);
      return;
    }
    const read = parseJson(input.text, options) as Record<string, unknown>;
    expect(read[input.member]).toBeInstanceOf(RawJson);
    expect((read[input.member] as RawJson).text).toBe(expected);
  });
}

describe("agrees with JSON.parse", () => {
  const value = fc.jsonValue({ maxDepth: 6, stringUnit: "grapheme", noUnicodeString: false } as never);
  const hasNul = (text: string): boolean => text.includes("\\u0000");

  test("on whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!hasNul(text));
        for (const source of [text, utf8.encode(text)]) {
          expect(JSON.stringify(parseJson(source, { numbers: "any" }))).toBe(
            JSON.stringify(JSON.parse(text)),
          );
        }
      }),
    );
  });

  test("on every finite number, to the last bit", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(Object.is(parseJson(String(number), { numbers: "any" }), JSON.parse(String(number)))).toBe(
          true,
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test("on damaged documents it never reads what JSON.parse refuses", () => {
    const damage = fc.tuple(fc.nat(), fc.nat(3), fc.constantFrom(...'{}[],:"\\0-.eEtfn \u0000\ud800x'));
    fc.assert(
      fc.property(value, damage, (value, [at, kind, character]) => {
        const text = JSON.stringify(value, null, 1);
        const place = at % (text.length + 1);
        const damaged =
          text.slice(0, place) + (kind === 0 ? "" : character) + text.slice(place + (kind < 2 ? 1 : 0));
        let expected: unknown;
        try {
          expected = JSON.parse(damaged);
        } catch {
          expect(problemOf(damaged, { numbers: "any" })).toBeInstanceOf(JsonProblem);
          return;
        }
        try {
          expect(writeJson(parseJson(damaged, { numbers: "any" }))).toBe(JSON.stringify(expected));
        } catch (error) {
          // Stricter than JSON.parse, but only in these.
          expect((error as JsonProblem).code).toMatch(/^(duplicate-key|unsupported-character)$/);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test("raw slices are the source, byte for byte, whatever surrounds them", () => {
  const space = fc.string({ unit: fc.constantFrom(" ", "\n", "\t", "\r"), maxLength: 3 });
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: "grapheme" }), fc.nat(4), space, (value, indent, pad) => {
      const slice = JSON.stringify(value, null, indent);
      fc.pre(!slice.includes("\\u0000"));
      const document = `{"a":[{"v":${pad}${slice}${pad}}],"v":${slice},"w":{"x":1}}`;
      for (const source of [document, utf8.encode(document)]) {
        const read = parseJson(source, { raw: new Set(["v"]) }) as { a: { v: RawJson }[]; v: RawJson };
        expect(read.a[0]!.v.text).toBe(slice);
        expect(read.v.text).toBe(slice);
      }
    }),
  );
});

test("no bytes make it throw anything but a JsonProblem, with a place inside the document", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      try {
        parseJson(bytes, { raw: new Set(["v"]) });
      } catch (error) {
        expect(error).toBeInstanceOf(JsonProblem);
        expect((error as JsonProblem).offset).toBeGreaterThanOrEqual(0);
        expect((error as JsonProblem).offset).toBeLessThanOrEqual(bytes.length);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("depth never costs the stack, inside raw values or out", () => {
  const deep = "[".repeat(1_000_000);
  for (const text of [deep, `{"v":${deep}`, '{"a":'.repeat(200_000), `{"v":${'{"a":'.repeat(200_000)}`]) {
    expect(problemOf(text, { raw: new Set(["v"]) }).code).toBe("too-complex");
  }
  expect(problemOf("[[[]]]", { maxDepth: 2 })).toMatchObject({
    code: "too-complex",
    offset: 2,
    pointer: "/0/0",
  });
});

test("objects inherit nothing, so that no name means anything", () => {
  const read = parseJson('{"__proto__":{"x":1},"nested":{"toString":1}}') as Record<string, object>;
  for (const object of [read, read["nested"]]) {
    const inherited = Object.getPrototypeOf(object);
    expect(Reflect.ownKeys(inherited)).toEqual([]);
    expect(Object.isFrozen(inherited)).toBe(true);
    expect(Object.getPrototypeOf(inherited)).toBeNull();
  }
  expect(["toString", "constructor", "__proto__"].filter((name) => name in read)).toEqual(["__proto__"]);
  expect(Object.keys(read)).toEqual(["__proto__", "nested"]);
  expect((read as { x?: unknown }).x).toBeUndefined();
});

test("members are counted and compared in objects of every size, read or kept raw", () => {
  const members = (count: number): string =>
    Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join(",");
  for (const wrap of [(text: string) => text, (text: string) => `{"v":${text}}`]) {
    const options = { raw: new Set(["v"]) };
    expect(() => parseJson(wrap(`{${members(10_000)}}`), options)).not.toThrow();
    expect(problemOf(wrap(`{${members(10_001)}}`), options).code).toBe("too-complex");
    for (const count of [1, 15, 16, 17, 18, 500]) {
      expect(() => parseJson(wrap(`{${members(count)}}`), options)).not.toThrow();
      expect(problemOf(wrap(`{${members(count)},"k0":1}`), options).code).toBe("duplicate-key");
      expect(problemOf(wrap(`{${members(count)},"k${count - 1}":1}`), options).code).toBe("duplicate-key");
    }
  }
});

test("a problem says where, by pointer, and does not repeat the document", () => {
  const pointerOf = (text: string): string => problemOf(text, { raw: new Set(["v"]) }).pointer;
  expect(pointerOf("nope")).toBe("");
  expect(pointerOf('{"a":{"b":[1,2,tru]}}')).toBe("/a/b/2");
  expect(pointerOf('{"a":1,"a":2}')).toBe("");
  expect(pointerOf('{"x":[],"y/z~":{"k":"\\ud800"}}')).toBe("/y~1z~0/k");
  expect(pointerOf('{"a,b":"c,d","e":[",",{"f\\"g":nul}]}')).toBe('/e/1/f"g');
  expect(pointerOf('{"v":[{"a":1},{"a":01}]}')).toBe("/v/1/a");
  expect(problemOf('{"password":"hunter2",}').message).not.toMatch(/hunter2|password/);
  expect(problemOf("[1,2").message).toMatch(/the text ends here\. \(byte 4/);
});
