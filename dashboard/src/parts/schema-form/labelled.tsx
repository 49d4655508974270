import type { ReactNode } from "react";
import { type ControlProps, Field } from "../field.tsx";
import type { NodeProps } from "./node-props.ts";

interface LabelledProps extends NodeProps {
  /** Beside what the schema says of it. */
  readonly bounds?: string | null;
  readonly children: (control: ControlProps) => ReactNode;
}

/** A single control with its label, what the schema says of it, and what is wrong with it. */
export function Labelled({
  node,
  label,
  pointer,
  value,
  isRequired,
  errors,
  change,
  bounds,
  children,
}: LabelledProps) {
  const hint = [node.description, bounds].filter(Boolean).join(" · ");
  const wrong = errors[pointer];
  return (
    <Field
      label={
        <>
          {label}
          {!isRequired && <span className="ml-1.5 text-xs font-normal text-muted">optional</span>}
        </>
      }
      {...(hint === "" ? {} : { hint })}
      {...(wrong === undefined || wrong.length === 0 ? {} : { error: wrong.join("; ") })}
    >
      {(control) => (
        <div className="flex items-center gap-3">
          <div className="min-w-0 flex-1">{children(control)}</div>
          {node.isNullable && (
            <label className="flex shrink-0 items-center gap-1.5 text-xs text-muted">
              <input
                type="checkbox"
                aria-label={`${label} is null`}
                checked={value === null}
                onChange={({ target }) => change(target.checked ? null : undefined)}
                className="size-4 accent-accent"
              />
              null
            </label>
          )}
        </div>
      )}
    </Field>
  );
}
