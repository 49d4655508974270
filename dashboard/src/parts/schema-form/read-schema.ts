// From JSON Schema to the parts of a form. Pure.
import type { Common, Format, Scalar, SchemaNode } from "./schema-node.ts";

type Schema = Readonly<Record<string, unknown>>;

/** Deeper than this, and around in circles, parts are typed as JSON. */
const DEPTH_MAX = 8;
/** Of text without a format: from so many characters on it has several lines. */
const LONG_FROM = 120;

const FORMATS: Readonly<Record<string, Format>> = {
  "date-time": "date-time",
  date: "date",
  email: "email",
  uri: "uri",
  url: "uri",
};

export function nodeOf(schema: unknown): SchemaNode {
  return read(schema, { root: schema, depth: 0 });
}

interface Reading {
  readonly root: unknown;
  readonly depth: number;
}

function read(schema: unknown, reading: Reading): SchemaNode {
  const json: SchemaNode = { ...commonOf(isSchema(schema) ? schema : {}), kind: "json" };
  if (!isSchema(schema) || reading.depth > DEPTH_MAX) return json;
  const inner = { ...reading, depth: reading.depth + 1 };
  if (typeof schema["$ref"] === "string") return ofReference(schema, schema["$ref"], inner) ?? json;
  if ("const" in schema) return { ...commonOf(schema), kind: "const", value: schema["const"] };
  if (Array.isArray(schema["enum"])) return ofOptions(schema, schema["enum"]) ?? json;
  const either = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(either)) return ofChoice(schema, either, inner) ?? json;
  const types = [schema["type"]].flat();
  const type = types.filter((each) => each !== "null");
  if (type.length !== 1 || "allOf" in schema || "not" in schema || "if" in schema) return json;
  const common = { ...commonOf(schema), isNullable: types.length > type.length };
  return READERS[String(type[0])]?.(schema, common, inner) ?? json;
}

type Reader = (schema: Schema, common: Common, reading: Reading) => SchemaNode | null;

/** By `type`; null where there is no control for what else it says. */
const READERS: Readonly<Record<string, Reader>> = {
  object: (schema, common, reading) => {
    const { properties, additionalProperties, required } = schema;
    const isOpen = isSchema(additionalProperties) && Object.keys(additionalProperties).length > 0;
    if (!isSchema(properties) || isOpen || "patternProperties" in schema) return null;
    const names = Array.isArray(required) ? required : [];
    const fields = Object.entries(properties).map(([name, property]) => ({
      name,
      node: read(property, reading),
      isRequired: names.includes(name),
    }));
    return { ...common, kind: "object", fields };
  },
  array: (schema, common, reading) =>
    isSchema(schema["items"]) && !("prefixItems" in schema)
      ? {
          ...common,
          kind: "array",
          item: read(schema["items"], reading),
          min: numberOf(schema["minItems"]) ?? 0,
          max: numberOf(schema["maxItems"]),
        }
      : null,
  string: (schema, common) => {
    const max = numberOf(schema["maxLength"]);
    const format = FORMATS[String(schema["format"])] ?? (max !== null && max > LONG_FROM ? "long" : "text");
    return { ...common, kind: "string", format, min: numberOf(schema["minLength"]), max };
  },
  number: (schema, common) => ({ ...common, kind: "number", isInteger: false, ...boundsOf(schema) }),
  integer: (schema, common) => ({ ...common, kind: "number", isInteger: true, ...boundsOf(schema) }),
  boolean: (_, common) => ({ ...common, kind: "boolean" }),
  null: () => null,
};

function ofReference(schema: Schema, reference: string, reading: Reading): SchemaNode | null {
  if (!reference.startsWith("#/")) return reference === "#" ? read(reading.root, reading) : null;
  let target: unknown = reading.root;
  for (const part of reference.slice(2).split("/")) {
    if (!isSchema(target)) return null;
    target = target[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  if (!isSchema(target)) return null;
  const { $ref: _, ...beside } = schema;
  return read({ ...target, ...beside }, reading);
}

function ofOptions(schema: Schema, values: readonly unknown[]): SchemaNode | null {
  if (values.length === 0 || !values.every(isScalar)) return null;
  const rest = values.filter((value) => value !== null);
  return { ...commonOf(schema), kind: "options", values: rest, isNullable: rest.length < values.length };
}

/** One of several; with one other than null it is that, and may be null. */
function ofChoice(schema: Schema, either: readonly unknown[], reading: Reading): SchemaNode | null {
  const others = either.filter(
    (each) => !(isSchema(each) && (each["type"] === "null" || each["const"] === null)),
  );
  const isNullable = others.length < either.length;
  const common = commonOf(schema);
  if (others.length === 0) return null;
  const nodes = others.map((each) => read(each, reading));
  if (nodes.length > 1) return { ...common, kind: "choice", nodes, isNullable };
  const [only] = nodes as [SchemaNode];
  return {
    ...only,
    isNullable: isNullable || only.isNullable,
    title: common.title ?? only.title,
    description: common.description ?? only.description,
    fallback: common.fallback ?? only.fallback,
  };
}

function commonOf(schema: Schema): Common {
  return {
    title: textOf(schema["title"]),
    description: textOf(schema["description"]),
    isNullable: false,
    fallback: schema["default"],
  };
}

/** Libraries write the largest whole number a double holds where there is no bound at all. */
function boundsOf(schema: Schema): { readonly min: number | null; readonly max: number | null } {
  const bound = (value: number | null) =>
    value !== null && Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
  return {
    min: bound(numberOf(schema["minimum"]) ?? numberOf(schema["exclusiveMinimum"])),
    max: bound(numberOf(schema["maximum"]) ?? numberOf(schema["exclusiveMaximum"])),
  };
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
