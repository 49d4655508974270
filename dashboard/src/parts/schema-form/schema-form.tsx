import { useMemo } from "react";
import { FormErrorText } from "./form-error-text.tsx";
import type { FormErrors } from "./form-errors.ts";
import { NodeField } from "./node-field.tsx";
import { ObjectFields } from "./object-fields.tsx";
import { nodeOf } from "./read-schema.ts";

interface SchemaFormProps {
  /** JSON Schema. */
  readonly schema: unknown;
  readonly value: unknown;
  /** What it is a value of: `Input`. */
  readonly label: string;
  readonly errors: FormErrors;
  readonly change: (value: unknown) => void;
}

/** A form for values of a schema. It helps to write them; whether they fit is the engine's to say. */
export function SchemaForm({ schema, value, label, errors, change }: SchemaFormProps) {
  const node = useMemo(() => nodeOf(schema), [schema]);
  if (node.kind !== "object" || node.isNullable)
    return (
      <NodeField
        node={node}
        label={label}
        pointer=""
        value={value}
        isRequired
        errors={errors}
        change={change}
      />
    );
  return (
    <div className="grid gap-4">
      <FormErrorText errors={errors[""]} />
      <ObjectFields
        node={node}
        label={label}
        pointer=""
        value={value}
        isRequired
        errors={errors}
        change={change}
      />
    </div>
  );
}
