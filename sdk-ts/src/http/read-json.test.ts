// Two readers, one language: what the native functions read quickly and what the strict reader reads must be the same.
import { JSON_DEPTH_MAX, JSON_KEY_BYTES_MAX, JSON_KEYS_MAX } from "@durable/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readJson } from "./read-json.ts";

const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
const withMembers = (count: number) =>
  `{${Array.from({ length: count }, (_, n) => `"${n + 1}":0`).join(",")}}`;

test("any document is read as JSON.parse reads it, compact or not", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2), (value, space) => {
      const text = JSON.stringify(value, null, space);
      expect(readJson(text)).toEqual(JSON.parse(text));
      expect(readJson(new TextEncoder().encode(text))).toEqual(JSON.parse(text));
    }),
  );
});

test("brackets, quotes and backslashes in text count for nothing", () => {
  const texts = ["[{".repeat(200), '"', '\\"[', "\\", '\\\\"', `":${nested(150)}`, '","'];
  for (const text of texts) {
    const value = { [text]: text, list: [text, [text]], end: "[[" };
    expect(readJson(JSON.stringify(value))).toEqual(value);
  }
});

describe("at a limit", () => {
  test.each([
    ["depth", nested(JSON_DEPTH_MAX), nested(JSON_DEPTH_MAX + 1)],
    ["members", withMembers(JSON_KEYS_MAX), withMembers(JSON_KEYS_MAX + 1)],
    [
      "bytes of a name",
      `{"${"é".repeat(JSON_KEY_BYTES_MAX / 2)}":1}`,
      `{"${"é".repeat(JSON_KEY_BYTES_MAX / 2 + 1)}":1}`,
    ],
  ])("of %s it is read, and refused one further", (_, fits, tooMuch) => {
    expect(readJson(fits)).toEqual(JSON.parse(fits));
    expect(() => readJson(tooMuch)).toThrow();
  });

  test("of one object, not of all together", () => {
    const half = withMembers(JSON_KEYS_MAX / 2 + 1);
    expect(readJson(`[${half},${half}]`)).toEqual([JSON.parse(half), JSON.parse(half)]);
  });
});

test.each([
  ["a member twice", '{"a":1,"a":2}'],
  ["a member twice, once escaped", '{"a":1,"\\u0061":2}'],
  ["half a surrogate pair", '["\\ud800"]'],
  ["NUL", '["\\u0000"]'],
  ["text that does not end", '{"a":"b'],
  ["a backslash outside of text", '{"a":\\"b"}'],
  ["two documents", "{}{}"],
  ["nothing", ""],
])("%s is refused", (_, text) => expect(() => readJson(text)).toThrow());
