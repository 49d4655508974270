import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { schemaPatterns } from "./schema-pattern.ts";
import { startWork } from "./work-meter.ts";

const EMAIL =
  "^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$";
const PATTERNS = [
  EMAIL,
  "",
  "a",
  "^$",
  "^a*$",
  "^(a|b)*?c$",
  "(?:ab){2,3}c",
  "^(?:a?){3}b{0}$",
  "^.b.$",
  "\\bab\\b",
  "\\Bb",
  "^(?=.*a)(?!.*bb)[^c]+$",
  "^(?:(?=a)a|b)+$",
  "^\\p{L}+$",
  "^[\\d-]{2,4}(?:-\\w+)*$",
  "^(a*)*$",
  "^(?<name>a+)+b$",
  "😀+a",
  "[😀-😂]",
  "^\\u{1F600}.$",
  "^(?:[0-9a-f]{2}){1,3}$",
  "^(?:\\n|\\s)a$",
];

describe("a pattern matches what the RegExp of the language matches", () => {
  const texts = fc.string({
    unit: fc.constantFrom(..."aabbc.-@0_ \n😀😁é", "\ud83d", "\ude00"),
    maxLength: 12,
  });
  test.each(PATTERNS)("%s", (pattern) => {
    const mine = schemaPatterns()(pattern);
    const native = new RegExp(pattern, "u");
    fc.assert(
      fc.property(texts, (text) => {
        startWork();
        expect(mine.test(text)).toBe(native.test(text));
      }),
      { numRuns: 300 },
    );
    for (const text of ["ann@example.com", "a..b@example.com", "12-34-ab", "aabbcc", "😀a"]) {
      startWork();
      expect(mine.test(text)).toBe(native.test(text));
    }
  });
});

test("a pattern that is none says why", () => {
  expect(() => schemaPatterns()("(")).toThrow(/Unterminated group/);
});

test("a pattern that is there often is made once", () => {
  const patternOf = schemaPatterns();
  for (let n = 0; n < 100; n += 1) patternOf("^a{1000}$");
  expect(() => patternOf("^(?:b{1000}){10}$")).toThrow(/too large/);
});
