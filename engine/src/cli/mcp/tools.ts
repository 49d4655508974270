// The route table as tools of the Model Context Protocol: names, descriptions and JSON Schemas are those of the OpenAPI
// document, so that there is one description of a route.
import type { Row } from "../../http/contract/row.ts";
import { type Operation, TABLE } from "../../http/contract/table.ts";
import { type OpenApiDocument, openApiDocument } from "../../http/open-api.ts";
import { isReading, operationsFor } from "./left-out.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface ObjectSchema extends JsonSchema {
  readonly type: "object";
}

export interface Tool {
  readonly name: Operation;
  readonly row: Row;
  readonly changes: boolean;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  /** Of those that read: one that changes answers with a plan first. */
  readonly outputSchema: ObjectSchema | null;
}

/** Where tools look unless they are told. */
export interface Place {
  /** Null: every call names one. */
  readonly app: string | null;
  readonly env: string;
}

interface Described {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>;

export function toolsFor(place: Place, allowsChanges: boolean): Tool[] {
  const document = openApiDocument();
  return operationsFor(allowsChanges).map((name) => toolOf(document, name, place));
}

const CONFIRM: JsonSchema = {
  type: "string",
  description: "`confirm` of the plan that the same call was answered with. Without it nothing is changed.",
};

function toolOf(document: OpenApiDocument, name: Operation, place: Place): Tool {
  const row: Row = TABLE[name];
  const described = (document["paths"] as Record<string, Record<string, Described>>)[row.path]![row.method]!;
  const changes = !isReading(row);
  const { properties, required } = argumentsOf(document, described, place);
  if (changes) properties["confirm"] = CONFIRM;
  const answer = described.responses[row.status]!.content["application/json"]!.schema;
  return {
    name,
    row,
    changes,
    description: [
      described.summary.replace(/\.?$/, "."),
      described.description ?? "",
      changes ? "Answers a plan first; called again with its `confirm` it is done." : "",
    ]
      .filter((part) => part !== "")
      .join(" "),
    inputSchema: { type: "object", properties, required, additionalProperties: false },
    outputSchema: changes ? null : (inlined(document, answer) as ObjectSchema),
  };
}

/** Path, query and body in one object; the body stays one member, for a path may have members of the same name. */
function argumentsOf(document: OpenApiDocument, { parameters = [], requestBody }: Described, place: Place) {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const { name, in: where, required: isRequired, schema } of parameters) {
    // A preview is made for every plan.
    if (where === "header" || name === "preview") continue;
    if (place.app !== null && (name === "app" || name === "env")) continue;
    properties[name] = inlined(document, schema) as JsonSchema;
    if (name === "env") properties[name] = { ...properties[name], default: place.env };
    else if (isRequired || name === "app") required.push(name);
  }
  if (requestBody !== undefined) {
    properties["body"] = inlined(document, requestBody.content["application/json"]!.schema) as JsonSchema;
    if (requestBody.required === true) required.push("body");
  }
  return { properties, required };
}

const REFERENCE = "#/components/schemas/";

/** Without references: not every client follows them. No schema of ours contains itself. */
function inlined(document: OpenApiDocument, schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((each) => inlined(document, each));
  if (typeof schema !== "object" || schema === null) return schema;
  const { $ref, allOf, ...rest } = schema as { readonly $ref?: string; readonly allOf?: readonly unknown[] };
  const own = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inlined(document, value)]));
  const { schemas } = document["components"] as { readonly schemas: Record<string, unknown> };
  const bases = [...($ref === undefined ? [] : [schemas[$ref.slice(REFERENCE.length)]]), ...(allOf ?? [])];
  return [...bases.map((base) => inlined(document, base) as JsonSchema), own].reduce(extended);
}

/**
 * The document says "this one, with more members" and "this one, or null" as `allOf`, in which what comes later is meant to
 * replace: read as the standard has it, the second would never be null.
 */
function extended(base: JsonSchema, more: JsonSchema): JsonSchema {
  const required = [base["required"], more["required"]].flatMap((names) => (names as string[]) ?? []);
  return {
    ...base,
    ...more,
    ...(base["properties"] === undefined && more["properties"] === undefined
      ? {}
      : { properties: { ...(base["properties"] as object), ...(more["properties"] as object) } }),
    ...(required.length === 0 ? {} : { required: [...new Set(required)] }),
    ...(isNullable(more) && Array.isArray(base["enum"]) ? { enum: [...base["enum"], null] } : {}),
  };
}

function isNullable({ type }: JsonSchema): boolean {
  return Array.isArray(type) && type.includes("null");
}
