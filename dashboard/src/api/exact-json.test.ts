import { expect, test } from "vitest";
import { ExactNumber, parseExactly } from "./exact-json.ts";

test("a number that a double cannot hold is kept as it was written", () => {
  const value = parseExactly('{"id":9007199254740993,"small":12,"half":0.5}') as Record<string, unknown>;
  expect(value["id"]).toBeInstanceOf(ExactNumber);
  expect(value["small"]).toBe(12);
  expect(value["half"]).toBe(0.5);
  expect(JSON.stringify(value)).toBe('{"id":9007199254740993,"small":12,"half":0.5}');
});
