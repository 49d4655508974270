import { expect, test } from "vitest";
import { boundsSaid, instantOfLocal, localOfInstant } from "./field-words.ts";

test("bounds are said in words, and not where they say nothing", () => {
  expect(boundsSaid(1, 99, null)).toBe("1 to 99");
  expect(boundsSaid(4, 4, "character")).toBe("exactly 4 characters");
  expect(boundsSaid(null, 200, "character")).toBe("at most 200 characters");
  expect(boundsSaid(1, null, "character")).toBeNull();
  expect(boundsSaid(0, null, null)).toBe("at least 0");
});

test("an instant goes to the clock here and back", () => {
  const instant = "2026-10-21T09:00:05.000Z";
  expect(instantOfLocal(localOfInstant(instant)!)).toBe(instant);
  expect(localOfInstant("soon")).toBeNull();
  expect(instantOfLocal("")).toBeNull();
});
