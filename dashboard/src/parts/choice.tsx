import { useNavigate } from "@tanstack/react-router";
import { useId } from "react";
import { FIELD_LOOK } from "./field.tsx";

interface ChoiceProps {
  readonly label: string;
  /** In the address. */
  readonly name: string;
  readonly value: string | undefined;
  /** Of no value: everything. */
  readonly all: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** A filter of a list with a few values, kept in the address. Another choice begins at the first page. */
export function Choice({ label, name, value, all, options }: ChoiceProps) {
  const id = useId();
  const navigate = useNavigate();
  const isUnknown = value !== undefined && !options.some((each) => each.value === value);
  return (
    <span className="inline-flex items-center gap-1.5 text-sm">
      <label htmlFor={id} className="text-muted">
        {label}
      </label>
      <select
        id={id}
        className={`${FIELD_LOOK} h-8 max-w-56`}
        value={value ?? ""}
        onChange={(event) => {
          const chosen = event.target.value === "" ? undefined : event.target.value;
          void navigate({
            to: ".",
            search: ((now: object) => ({ ...now, [name]: chosen, cursor: undefined })) as never,
          });
        }}
      >
        <option value="">{all}</option>
        {options.map((each) => (
          <option key={each.value} value={each.value}>
            {each.label}
          </option>
        ))}
        {isUnknown && <option value={value}>{value}</option>}
      </select>
    </span>
  );
}
