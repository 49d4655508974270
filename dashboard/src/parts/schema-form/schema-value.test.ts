import { expect, test } from "vitest";
import { nodeOf } from "./read-schema.ts";
import { choiceName, chosenOf, initialOf, looksLike, withMember } from "./schema-value.ts";

const PAYMENT = {
  anyOf: [
    {
      type: "object",
      properties: { kind: { const: "card" }, last4: { type: "string" } },
      required: ["kind", "last4"],
    },
    {
      type: "object",
      properties: { kind: { const: "invoice" }, days: { type: "integer" } },
      required: ["kind", "days"],
    },
  ],
};

test("a form begins with what the schema says, and what it cannot do without", () => {
  const node = nodeOf({
    type: "object",
    properties: {
      order: { type: "integer", minimum: 1 },
      shipping: { enum: ["standard", "express"], default: "standard" },
      note: { type: "string" },
      items: {
        type: "array",
        minItems: 1,
        items: { type: "object", properties: { sku: { type: "string" } }, required: ["sku"] },
      },
      payment: PAYMENT,
    },
    required: ["order", "items", "payment"],
  });
  expect(initialOf(node)).toEqual({
    order: 1,
    shipping: "standard",
    items: [{ sku: "" }],
    payment: { kind: "card", last4: "" },
  });
});

test("the constants of a value say which choice is meant, also while it is not whole", () => {
  const node = nodeOf(PAYMENT);
  if (node.kind !== "choice") throw new Error("a choice");
  expect(chosenOf(node.nodes, { kind: "invoice", days: 30 })).toBe(1);
  expect(chosenOf(node.nodes, { kind: "invoice" })).toBe(1);
  expect(chosenOf(node.nodes, "something")).toBe(0);
  expect(node.nodes.map(choiceName)).toEqual(["card", "invoice"]);
});

test("what a value looks like is its kind", () => {
  expect(looksLike(nodeOf({ type: ["string", "null"] }), null)).toBe(true);
  expect(looksLike(nodeOf({ type: "string" }), 1)).toBe(false);
  expect(looksLike(nodeOf({ enum: ["a"] }), "b")).toBe(false);
});

test("a member is set in its place, and taken out", () => {
  expect(Object.keys(withMember({ a: 1, b: 2 }, "a", 3))).toEqual(["a", "b"]);
  expect(withMember({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  expect(withMember("no object", "a", 1)).toEqual({ a: 1 });
});
