// JSON Schema as a form sees it: what kind of control each part is. What a form has no control for is `json`: then that part is typed
// as JSON, and the engine judges it like all others.

export interface Common {
  /** In words, where the schema has some. */
  readonly title: string | null;
  readonly description: string | null;
  readonly isNullable: boolean;
  /** What the schema says it is without a word; undefined where it says nothing. */
  readonly fallback: unknown;
}

export type Format = "text" | "long" | "date-time" | "date" | "email" | "uri";

export interface ObjectField {
  readonly name: string;
  readonly node: SchemaNode;
  readonly isRequired: boolean;
}

export type SchemaNode = Common &
  (
    | { readonly kind: "object"; readonly fields: readonly ObjectField[] }
    | {
        readonly kind: "string";
        readonly format: Format;
        readonly min: number | null;
        readonly max: number | null;
      }
    | {
        readonly kind: "number";
        readonly isInteger: boolean;
        readonly min: number | null;
        readonly max: number | null;
      }
    | { readonly kind: "boolean" }
    | { readonly kind: "options"; readonly values: readonly Scalar[] }
    | { readonly kind: "const"; readonly value: unknown }
    | { readonly kind: "array"; readonly item: SchemaNode; readonly min: number; readonly max: number | null }
    | { readonly kind: "choice"; readonly nodes: readonly SchemaNode[] }
    | { readonly kind: "json" }
  );

export type Scalar = string | number | boolean | null;
