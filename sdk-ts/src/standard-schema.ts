// The part of Standard Schema (https://standardschema.dev) that is read here: zod, valibot, arktype and others have it.

/** Any schema of any library that follows Standard Schema. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (
      value: unknown,
      // biome-ignore lint/suspicious/noExplicitAny: the standard lets libraries add options
      ...more: any[]
    ) => StandardResult<Output> | Promise<StandardResult<Output>>;
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

/** What a schema makes of a valid value. */
export type InferOutput<Schema> = Schema extends {
  readonly "~standard": { readonly types?: { readonly output: infer Output } | undefined };
}
  ? Output
  : unknown;

/** What a schema takes, before it makes anything of it. */
export type InferInput<Schema> = Schema extends {
  readonly "~standard": { readonly types?: { readonly input: infer Input } | undefined };
}
  ? Input
  : unknown;

/** Whether a library made it; a plain JSON Schema is none. */
export function isStandardSchema(schema: unknown): schema is StandardSchema {
  const isHolder = (typeof schema === "object" && schema !== null) || typeof schema === "function";
  return isHolder && typeof (schema as Partial<StandardSchema>)["~standard"]?.validate === "function";
}

/** `user.name: must be a string; age: too small` */
export function issuesSentence(issues: readonly StandardIssue[]): string {
  return issues
    .map(({ message, path = [] }) => {
      const at = path.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
      return at === "" ? message : `${at}: ${message}`;
    })
    .join("; ");
}
