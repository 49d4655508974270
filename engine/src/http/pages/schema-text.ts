/** As it stands in the document that engine/openapi.json is. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly description?: string;
}

/** A schema as people read types: `{ id: string; ended_at: string | null }`, a named one by its name. */
export function schemaText(schema: Schema, indent = ""): string {
  const { $ref, type, properties, items, anyOf, oneOf, allOf } = schema;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf("/") + 1);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const either = anyOf ?? oneOf;
  if (either !== undefined) return either.map((each) => schemaText(each, indent)).join(" | ");
  if (allOf !== undefined) return allOf.map((each) => schemaText(each, indent)).join(" & ");
  if (properties !== undefined) return objectText(properties, schema.required ?? [], indent);
  if (items !== undefined) {
    const text = schemaText(items, indent);
    return text.includes(" | ") ? `(${text})[]` : `${text}[]`;
  }
  return type === undefined ? "any" : [type].flat().join(" | ");
}

function objectText(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  indent: string,
): string {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const note = schema.description === undefined ? "" : `  // ${schema.description}`;
    return `${inner}${name}${required.includes(name) ? "" : "?"}: ${schemaText(schema, inner)};${note}`;
  });
  return lines.length === 0 ? "{}" : ["{", ...lines, `${indent}}`].join("\n");
}
