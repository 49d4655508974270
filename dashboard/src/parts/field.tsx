import { type ReactNode, useId } from "react";

/** Of inputs, selects and text areas. */
export const FIELD_LOOK =
  "w-full rounded-md border border-line-strong bg-raised px-2.5 text-sm text-text placeholder:text-muted aria-invalid:border-bad";
export const INPUT_LOOK = `${FIELD_LOOK} h-9`;

/** What the control takes, so that its label, hint and error are read with it. */
export interface ControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
}

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  readonly children: (control: ControlProps) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const hintId = hint === undefined ? null : `${id}-hint`;
  const errorId = error === undefined ? null : `${id}-error`;
  const describedBy = [errorId, hintId].filter((each) => each !== null).join(" ");
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({
        id,
        "aria-describedby": describedBy === "" ? undefined : describedBy,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {error !== undefined && (
        <p id={errorId!} className="mt-1 text-xs text-bad">
          {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId!} className="mt-1 text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
