// The part of Standard Schema (https://standardschema.dev) that is read here: zod, valibot, arktype and others have it.

export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type InferOutput<Schema> =
  Schema extends StandardSchema<never, infer Output>
    ? Output
    : Schema extends StandardSchema<unknown, infer Output>
      ? Output
      : unknown;

/** `user.name: must be a string; age: too small` */
export function issuesSentence(issues: readonly StandardIssue[]): string {
  return issues
    .map((issue) => {
      const path = (issue.path ?? [])
        .map((part) => String(typeof part === "object" ? part.key : part))
        .join(".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    })
    .join("; ");
}

interface JsonSchemaMaker {
  readonly jsonSchema?: {
    output?: (options: { target: string }) => unknown;
    input?: (options: { target: string }) => unknown;
  };
}

/** The schema's JSON Schema where its library offers one; undefined where it does not. */
export function jsonSchemaOf(schema: StandardSchema | undefined): unknown {
  if (schema === undefined) return undefined;
  const maker = (schema["~standard"] as JsonSchemaMaker).jsonSchema;
  const own = (schema as { toJSONSchema?: () => unknown }).toJSONSchema;
  try {
    if (maker?.input !== undefined) return maker.input({ target: "draft-2020-12" });
    if (typeof own === "function") return own.call(schema);
  } catch {
    // A schema that JSON Schema cannot say (a transform, a date) is simply not shown.
  }
  return undefined;
}
