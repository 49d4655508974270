import { expect, test } from "vitest";
import { ExactNumber } from "../../api/exact-json.ts";
import { numberShown, numberTyped } from "./typed-number.ts";

test("numbers are what was typed, also those that a double cannot hold", () => {
  expect(numberTyped("1.50")).toBe(1.5);
  expect(numberTyped(" ")).toBeUndefined();
  expect(numberTyped("abc")).toBe("abc");
  const large = numberTyped("12345678901234567890");
  expect(large).toBeInstanceOf(ExactNumber);
  expect(numberShown(large)).toBe("12345678901234567890");
});
