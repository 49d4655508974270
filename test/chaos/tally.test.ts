import { expect, test } from "vitest";
import { minimumOf, Tally } from "./tally.ts";

test("a full run demands everything, a sample what it is long enough for", () => {
  expect(minimumOf(20, 5)).toBe(20);
  expect(minimumOf(100, 2.5)).toBe(35);
  expect(minimumOf(25, 0.2)).toBe(1);
  expect(minimumOf(24, 0.2)).toBe(0);
});

test("each kind of fault is demanded of the shortest sample", () => {
  const tally = new Tally(0.2);
  expect(tally.minimum("engine drained")).toBe(1);
  expect(tally.missing).toContain("engine drained");
});
