import type { StandardSchema } from "./standard-schema.ts";

/** What some libraries offer beside the standard's `validate`. */
interface Convertible {
  readonly "~standard": {
    readonly jsonSchema?: Partial<Record<"input" | "output", (options: { target: string }) => unknown>>;
  };
  readonly toJSONSchema?: (options: { io: "input" | "output" }) => unknown;
}

/** The schema as JSON Schema, where its library offers that; undefined where it does not. */
export function jsonSchemaOf(schema: StandardSchema | undefined, side: "input" | "output"): unknown {
  if (schema === undefined) return undefined;
  const { "~standard": standard, toJSONSchema } = schema as Convertible;
  try {
    const convert = standard.jsonSchema?.[side];
    if (convert !== undefined) return convert.call(standard.jsonSchema, { target: "draft-2020-12" });
    return toJSONSchema?.call(schema, { io: side });
  } catch {
    // What JSON Schema cannot say (a transform, a date) is not shown, and still checked.
    return undefined;
  }
}
