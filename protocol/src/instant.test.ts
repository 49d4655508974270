import fc from "fast-check";
import { expect, test } from "vitest";
import { readVectors } from "../test/read-vectors.ts";
import { formatInstant, parseInstant } from "./instant.ts";

for (const { name, input, expected } of readVectors<string, number | null>("instant.json")) {
  test(`instant: ${name}`, () => expect(parseInstant(input)).toBe(expected));
}

test("every instant written is read back", () => {
  const inYears1To9999 = fc.integer({ min: Date.parse("0001-01-01T00:00:00Z"), max: Date.UTC(9999, 11, 31) });
  fc.assert(
    fc.property(inYears1To9999, (epochMs) => {
      expect(parseInstant(formatInstant(epochMs))).toBe(epochMs);
    }),
  );
});
