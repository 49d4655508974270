import { expect, test } from "vitest";
import { decisionOf, titleOf } from "./input-words.ts";

test("a question is called by its title, or by its step", () => {
  expect(titleOf({ title: "Refund?", name: "refund" })).toBe("Refund?");
  expect(titleOf({ title: null, name: "refund" })).toBe("refund");
});

test("a decision is one only where it says so", () => {
  expect(decisionOf({ approved: false, comment: "too much" })).toEqual({
    approved: false,
    comment: "too much",
  });
  expect(decisionOf({ approved: true, comment: "" })).toEqual({ approved: true, comment: null });
  expect(decisionOf({ approved: "yes" })).toBeNull();
  expect(decisionOf(null)).toBeNull();
});
