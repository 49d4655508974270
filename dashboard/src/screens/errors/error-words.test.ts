import { expect, test } from "vitest";
import { chainOf, codeLines, placeOf } from "./error-words.ts";

const frame =
  "src/pay.ts:12:9\n  11 | const card = await read();\n> 12 |   throw new CardError(card);\n  13 | }";

test("a place, and the lines around it", () => {
  expect(placeOf(frame)).toBe("src/pay.ts:12:9");
  expect(codeLines(frame)).toEqual([
    { number: 11, text: "const card = await read();", isHere: false },
    { number: 12, text: "  throw new CardError(card);", isHere: true },
    { number: 13, text: "}", isHere: false },
  ]);
  expect(codeLines("src/pay.ts:12:9")).toEqual([]);
  expect(placeOf(null)).toBeNull();
});

test("an error with its causes; what is no error ends the chain", () => {
  const failure = { name: "A", message: "a", stack: "at a", cause: { message: "b", cause: "c" } };
  expect(chainOf(failure)).toEqual([
    { name: "A", message: "a", frame: null, stack: "at a" },
    { name: "Error", message: "b", frame: null, stack: null },
  ]);
  expect(chainOf(null)).toEqual([]);
});
