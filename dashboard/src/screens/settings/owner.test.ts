import { expect, test } from "vitest";
import { scalarOf } from "./owner.ts";

test.each([
  ["u_42", '"u_42"'],
  ["42", "42"],
  ["true", "true"],
  ['"42"', '"42"'],
  ["9007199254740993", "9007199254740993"],
  ["null", '"null"'],
  ['{"a":1}', '"{\\"a\\":1}"'],
])("%s is sent as %s", (typed, sent) => {
  expect(JSON.stringify(scalarOf(typed))).toBe(sent);
});
