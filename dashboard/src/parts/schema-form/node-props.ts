import type { FormErrors } from "./form-errors.ts";
import type { SchemaNode } from "./schema-node.ts";

/** What the control of a part of the value takes. */
export interface NodeProps<Kind extends SchemaNode["kind"] = SchemaNode["kind"]> {
  readonly node: Extract<SchemaNode, { readonly kind: Kind }>;
  readonly label: string;
  /** Of the part, from the form's value on. */
  readonly pointer: string;
  /** Undefined: it is not there. */
  readonly value: unknown;
  readonly isRequired: boolean;
  readonly errors: FormErrors;
  /** Undefined takes it out. */
  readonly change: (value: unknown) => void;
}
