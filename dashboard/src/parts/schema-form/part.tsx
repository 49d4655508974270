import type { ReactNode } from "react";
import { Button } from "../button.tsx";
import { FormErrorText } from "./form-error-text.tsx";
import type { NodeProps } from "./node-props.ts";
import { initialOf } from "./schema-value.ts";

/** A part with controls of its own, in a frame with its name. What need not be there can be added and taken out. */
export function Part({
  node,
  label,
  pointer,
  value,
  isRequired,
  errors,
  change,
  children,
}: NodeProps & { readonly children: ReactNode }) {
  const isThere = value !== undefined && value !== null;
  const withoutNull = { ...node, isNullable: false };
  return (
    <fieldset className="min-w-0 rounded-lg border border-line px-3 pt-1 pb-3">
      <legend className="px-1 text-sm font-medium">
        {label}
        {!isRequired && <span className="ml-1.5 text-xs font-normal text-muted">optional</span>}
      </legend>
      {node.description !== null && <p className="mb-2 text-xs text-muted">{node.description}</p>}
      <FormErrorText errors={errors[pointer]} />
      {isThere ? (
        <>
          {children}
          {(!isRequired || node.isNullable) && (
            <Button
              look="bare"
              className="mt-2 -ml-2"
              onClick={() => change(node.isNullable ? null : undefined)}
            >
              {node.isNullable ? `Make ${label} null` : `Leave ${label} out`}
            </Button>
          )}
        </>
      ) : (
        <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
          {value === null ? "null" : "Not given"}
          <Button onClick={() => change(initialOf(withoutNull))}>Add {label}</Button>
          {value === null && !isRequired && (
            <Button look="bare" onClick={() => change(undefined)}>
              Leave {label} out
            </Button>
          )}
        </div>
      )}
    </fieldset>
  );
}
