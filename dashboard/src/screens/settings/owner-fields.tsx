import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import type { Owner } from "./owner.ts";

interface OwnerFieldsProps {
  readonly owner: Owner;
  readonly change: (owner: Owner) => void;
}

/** Whose things are meant: two fields of a form. */
export function OwnerFields({ owner, change }: OwnerFieldsProps) {
  return (
    <>
      <Field label="Owner's path" hint="Into the data of events.">
        {(control) => (
          <input
            {...control}
            className={INPUT_LOOK}
            placeholder="user.id"
            value={owner.path}
            onChange={({ target }) => change({ ...owner, path: target.value })}
          />
        )}
      </Field>
      <Field label="Owner's value" hint="A number, true or false as JSON; else text.">
        {(control) => (
          <input
            {...control}
            className={INPUT_LOOK}
            placeholder="u_42"
            value={owner.value}
            onChange={({ target }) => change({ ...owner, value: target.value })}
          />
        )}
      </Field>
    </>
  );
}
