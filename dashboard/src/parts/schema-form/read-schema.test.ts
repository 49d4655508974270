import { expect, test } from "vitest";
import { nodeOf } from "./read-schema.ts";

const kind = (schema: unknown) => nodeOf(schema).kind;

test("an object has its properties, with those it must have", () => {
  const node = nodeOf({
    type: "object",
    properties: {
      order: { type: "integer", minimum: 1, maximum: 9007199254740991 },
      note: { type: ["string", "null"] },
    },
    required: ["order"],
  });
  expect(node).toMatchObject({
    kind: "object",
    fields: [
      { name: "order", isRequired: true, node: { kind: "number", isInteger: true, min: 1, max: null } },
      { name: "note", isRequired: false, node: { kind: "string", format: "text", isNullable: true } },
    ],
  });
});

test("texts have a format, and long ones several lines", () => {
  expect(nodeOf({ type: "string", format: "date-time" })).toMatchObject({ format: "date-time" });
  expect(nodeOf({ type: "string", maxLength: 500 })).toMatchObject({ format: "long", max: 500 });
  expect(nodeOf({ type: "string", format: "uuid" })).toMatchObject({ format: "text" });
});

test("a choice of one and null is that one, and may be null", () => {
  expect(nodeOf({ anyOf: [{ type: "number" }, { type: "null" }], description: "how much" })).toMatchObject({
    kind: "number",
    isNullable: true,
    description: "how much",
  });
  expect(nodeOf({ oneOf: [{ type: "number" }, { type: "string" }] })).toMatchObject({ kind: "choice" });
});

test("options, constants and defaults", () => {
  expect(nodeOf({ enum: ["a", "b", null], default: "a" })).toMatchObject({
    kind: "options",
    values: ["a", "b"],
    isNullable: true,
    fallback: "a",
  });
  expect(nodeOf({ type: "string", const: "card" })).toMatchObject({ kind: "const", value: "card" });
});

test("references are followed, and not for ever", () => {
  const tree = {
    $ref: "#/$defs/node",
    $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
  };
  expect(kind(tree)).toBe("object");
  let node = nodeOf(tree);
  let depth = 0;
  while (node.kind === "object" && depth < 50) {
    node = node.fields[0]!.node;
    depth += 1;
  }
  expect(node.kind).toBe("json");
});

test("what has no control is JSON", () => {
  expect(kind({})).toBe("json");
  expect(kind(true)).toBe("json");
  expect(kind({ type: "object", additionalProperties: { type: "number" } })).toBe("json");
  expect(kind({ type: "array", prefixItems: [{ type: "number" }] })).toBe("json");
  expect(kind({ type: ["string", "number"] })).toBe("json");
  expect(kind({ allOf: [{ type: "string" }] })).toBe("json");
  expect(kind({ $ref: "https://example.com/other" })).toBe("json");
});
