import { expect, test } from "vitest";
import { decisionOf, draftFor, titleOf } from "./input-words.ts";

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

test("an answer begins with the members that the schema names", () => {
  const schema = {
    type: "object",
    properties: {
      amount: { type: "number", default: 5 },
      why: { type: "string" },
      size: { enum: ["s", "m"] },
      any: {},
    },
  };
  expect(JSON.parse(draftFor(schema))).toEqual({ amount: 5, why: "", size: "s", any: null });
  expect(draftFor({ type: "boolean" })).toBe("false");
  expect(draftFor(null)).toBe("");
});
