// Values that belong to the parts of a form. Pure.
import type { Scalar, SchemaNode } from "./schema-node.ts";

/** What stands there before anybody has typed: what the schema says, and whatever it cannot do without. */
export function initialOf(node: SchemaNode): unknown {
  if (node.fallback !== undefined) return node.fallback;
  if (node.isNullable) return null;
  switch (node.kind) {
    case "object":
      return Object.fromEntries(
        node.fields
          .filter(({ isRequired, node }) => isRequired || node.fallback !== undefined)
          .map(({ name, node }) => [name, initialOf(node)]),
      );
    case "array":
      return Array.from({ length: Math.min(node.min, 20) }, () => initialOf(node.item));
    case "string":
      return "";
    case "number":
      return Math.max(node.min ?? 0, Math.min(0, node.max ?? 0));
    case "boolean":
      return false;
    case "options":
      return node.values[0];
    case "const":
      return node.value;
    case "choice":
      return initialOf(node.nodes[0]!);
    case "json":
      return null;
  }
}

/** Whether it could be meant: the kind of the value, and constants in it. What exactly fits is the engine's to say. */
export function looksLike(node: SchemaNode, value: unknown): boolean {
  if (value === null && node.isNullable) return true;
  switch (node.kind) {
    case "object":
      return (
        isObject(value) &&
        node.fields.every(({ name, node, isRequired }) =>
          Object.hasOwn(value, name) ? node.kind !== "const" || looksLike(node, value[name]) : !isRequired,
        )
      );
    case "array":
      return Array.isArray(value);
    case "string":
      return typeof value === "string";
    case "number":
      return typeof value === "number" || isExact(value);
    case "boolean":
      return typeof value === "boolean";
    case "options":
      return node.values.includes(value as Scalar);
    case "const":
      return JSON.stringify(value) === JSON.stringify(node.value);
    case "choice":
      return node.nodes.some((each) => looksLike(each, value));
    case "json":
      return true;
  }
}

/** Which of several is meant; the one that a constant names before the one that is merely of its kind. */
export function chosenOf(nodes: readonly SchemaNode[], value: unknown): number {
  const found = nodes.findIndex((node) => looksLike(node, value));
  if (found !== -1) return found;
  const byConstant = nodes.findIndex(
    (node) =>
      node.kind === "object" &&
      isObject(value) &&
      node.fields.some(({ name, node }) => node.kind === "const" && looksLike(node, value[name])),
  );
  return Math.max(0, byConstant);
}

/** Of one of several choices: its title, or the constants that tell it apart, or what it is. */
export function choiceName(node: SchemaNode, index: number): string {
  if (node.title !== null) return node.title;
  if (node.kind === "const") return String(node.value);
  if (node.kind === "object") {
    const constants = node.fields.filter((field) => field.node.kind === "const");
    if (constants.length > 0)
      return constants.map(({ node }) => (node.kind === "const" ? String(node.value) : "")).join(", ");
  }
  return `${index + 1}. ${KIND_NAME[node.kind]}`;
}

const KIND_NAME: Readonly<Record<SchemaNode["kind"], string>> = {
  object: "an object",
  string: "text",
  number: "a number",
  boolean: "yes or no",
  options: "one of several",
  const: "a constant",
  array: "a list",
  choice: "a choice",
  json: "JSON",
};

/** With another member; without it where the value is undefined. The order of the others stays. */
export function withMember(value: unknown, name: string, member: unknown): Record<string, unknown> {
  const others = isObject(value) ? { ...value } : {};
  if (member === undefined) delete others[name];
  else others[name] = member;
  return others;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !isExact(value);
}

/** A number that a double cannot hold; it is kept as it was written. */
function isExact(value: unknown): boolean {
  return typeof (value as { source?: unknown } | null)?.source === "string" && typeof value === "object";
}
