// Two readers, one language: what JSON.parse reads with a look at the text and what the strict reader reads must be the same.
import {
  JSON_DEPTH_MAX,
  JSON_KEY_BYTES_MAX,
  JSON_KEYS_MAX,
  JsonProblem,
  parseJson,
} from "@durable/protocol/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readVectors } from "../../../protocol/test/read-vectors.ts";
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
    expect(() => readJson(tooMuch)).toThrow(JsonProblem);
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
])("%s is refused", (_, text) => expect(() => readJson(text)).toThrow(JsonProblem));

function codeOf(read: (source: string | Uint8Array) => unknown, source: string | Uint8Array): string {
  try {
    read(source);
    return "read";
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    return error.code;
  }
}

const strictly = (source: string | Uint8Array) => parseJson(source, { numbers: "any" });

type Document = { text?: string; bytes_base64?: string };
for (const { name, input } of readVectors<Document, unknown>("json.json")) {
  test(`vector: ${name}`, () => {
    const { text, bytes_base64 } = input;
    const sources = text === undefined ? [] : [text, new TextEncoder().encode(text)];
    if (bytes_base64 !== undefined) sources.push(new Uint8Array(Buffer.from(bytes_base64, "base64")));
    for (const source of sources) expect(codeOf(readJson, source)).toBe(codeOf(strictly, source));
  });
}

test("a document with one character changed is read or refused by both", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.nat(),
      fc.constantFrom(
        "",
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "0",
        "-",
        "e",
        "\ud800",
        "\0",
        "\ufeff",
        " ",
        "\n",
      ),
      (value, place, character) => {
        const text = JSON.stringify(value);
        const at = place % (text.length + 1);
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        const [ours, theirs] = [codeOf(readJson, changed), codeOf(strictly, changed)];
        expect(ours === "read", changed).toBe(theirs === "read");
      },
    ),
    { numRuns: 5_000 },
  );
});

test("what is wrong is told with its place, and never with what stands there", () => {
  const said = (text: string) => {
    try {
      return readJson(text);
    } catch (error) {
      return error;
    }
  };
  expect(said('{"é":1,"secret" 2}')).toMatchObject({
    code: "malformed-json",
    offset: 17,
    message: "The body is not JSON. (byte 17)",
  });
  expect(said('{"secret":')).toMatchObject({ code: "malformed-json", offset: 10 });
  expect(said('{"a":[1,{"b":1,"b":2}]}')).toMatchObject({
    code: "duplicate-key",
    offset: 15,
    pointer: "/a/1",
  });
});
