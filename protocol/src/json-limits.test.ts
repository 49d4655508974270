// Two that judge, one judgement: what JSON.parse takes is refused by both or by none, with the same words.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";
import { jsonLimitProblem } from "./json-limits.ts";
import { JsonProblem } from "./json-problem.ts";
import { JSON_DEPTH_MAX, JSON_KEY_BYTES_MAX, JSON_KEYS_MAX } from "./limits.ts";

interface Said {
  readonly code: string;
  readonly sentence: string;
  readonly pointer: string;
}

function ofStrictReader(text: string, maxDepth = JSON_DEPTH_MAX): Said | null {
  try {
    parseJson(text, { maxDepth, numbers: "any" });
    return null;
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { code, message, pointer } = error;
    return { code, sentence: message.slice(0, message.indexOf(" (byte ")), pointer };
  }
}

function ofLimits(text: string, maxDepth?: number): Said | null {
  const problem = jsonLimitProblem(text, maxDepth);
  return problem && { code: problem.code, sentence: problem.sentence, pointer: problem.pointer };
}

const oddText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom(
    "\0",
    "\ud800",
    "a\udfff",
    "\ud83d\ude00",
    "\\u0000",
    "\\\0",
    "\\\\ud800",
    '"',
    '\\"\0',
    "{[",
    "]}",
    '":',
  ),
);
const oddValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 7 },
    oddText,
    fc.constantFrom(null, true, 1.5e300, -0, 2 ** 60),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(oddText, tie("value"), { maxKeys: 4 }),
  ),
})).value;

test("of whatever JSON.stringify writes, close or spread", () => {
  fc.assert(
    fc.property(
      oddValue,
      fc.integer({ min: 1, max: 6 }),
      fc.constantFrom("", "\n\t "),
      (value, maxDepth, space) => {
        const text = JSON.stringify(value, null, space);
        expect(ofLimits(text, maxDepth)).toEqual(ofStrictReader(text, maxDepth));
      },
    ),
    { numRuns: 2_000 },
  );
});

/** JSON by hand: names that come twice, spelled in two ways. */
const spelled = fc.constantFrom(
  '"a"',
  '"\\u0061"',
  '"b"',
  '"\\\\"',
  '"\\u005c"',
  '"\\ud83d\\ude00"',
  '"\\uD83D"',
  '""',
  '"\\u0000"',
);
const written = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    spelled,
    fc.constant("1"),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(" ,")}]`),
    fc
      .array(fc.tuple(spelled, fc.constantFrom(":", " : ", "\n:"), tie("value")), { maxLength: 4 })
      .map((members) => `{${members.map((member) => member.join("")).join(",")}}`),
  ),
})).value;

test("of names that come twice", () => {
  fc.assert(
    fc.property(written, (text) => {
      expect(ofLimits(text)).toEqual(ofStrictReader(text));
    }),
    { numRuns: 2_000 },
  );
  const many = Array.from({ length: 40 }, (_, n) => `"m${n}":0`);
  for (const twice of [0, 14, 15, 16, 17, 39]) {
    const text = `{"a":[{${[...many, `"m${twice}":1`].join(",")}}]}`;
    expect(ofLimits(text)).toMatchObject({ code: "duplicate-key", pointer: "/a/0" });
    expect(ofLimits(text)).toEqual(ofStrictReader(text));
  }
});

const members = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, 0]));
const nested = (depth: number): unknown => (depth === 0 ? 1 : { in: [nested(depth - 1)] });

test.each<[string, unknown, unknown]>([
  ["nesting", nested(JSON_DEPTH_MAX / 2), [nested(JSON_DEPTH_MAX / 2)]],
  ["members of one object", { a: members(JSON_KEYS_MAX) }, { a: [members(JSON_KEYS_MAX + 1)] }],
  [
    "bytes of a name",
    { a: { [`\n${"é".repeat(JSON_KEY_BYTES_MAX / 2 - 1)}`]: 1 } },
    { a: { ["é".repeat(JSON_KEY_BYTES_MAX / 2 + 1)]: 1 } },
  ],
])("at the limit of %s it is taken, and refused one further", (_, fits, tooMuch) => {
  expect(ofLimits(JSON.stringify(fits))).toBeNull();
  expect(ofLimits(JSON.stringify(tooMuch))).toMatchObject({ code: "too-complex" });
  expect(ofLimits(JSON.stringify(tooMuch))).toEqual(ofStrictReader(JSON.stringify(tooMuch)));
});

test("any text at all is looked at to its end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('"', ":", "{", "}", "[", "]", "\\", "a"), { maxLength: 30 }),
      (pieces) => {
        try {
          jsonLimitProblem(pieces.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      },
    ),
  );
  expect(ofLimits("[".repeat(4_000_000))).toMatchObject({ code: "too-complex" });
});
