import type { AnswerOf } from "@durable/engine/api";
import { useState } from "react";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { SCOPE, type Scope } from "./key-words.ts";

interface CreateKeyDialogProps {
  readonly onClose: () => void;
  readonly done: (key: AnswerOf<"createKey">) => void;
}

const DAYS_MAX = 3_650;

export function CreateKeyDialog({ onClose, done }: CreateKeyDialogProps) {
  const params = useWorkspaceParams();
  const [scope, setScope] = useState<Scope>("send");
  const [days, setDays] = useState("");
  const isDays = days === "" || (/^[1-9]\d{0,3}$/.test(days) && Number(days) <= DAYS_MAX);
  return (
    <ChangeDialog
      operation="createKey"
      onClose={onClose}
      title="New key"
      description="It is shown once. Only its hash is kept."
      does="Create it"
      input={() =>
        isDays
          ? { params, body: { scope, ...(days === "" ? {} : { expires_in_s: Number(days) * 86_400 }) } }
          : null
      }
      done={done}
    >
      <fieldset>
        <legend className="mb-1 text-sm font-medium">It may</legend>
        <div className="space-y-1">
          {(Object.keys(SCOPE) as Scope[]).map((each) => (
            <label key={each} className="flex min-h-7 items-start gap-2 text-sm">
              <input
                type="radio"
                name="scope"
                className="mt-1"
                checked={scope === each}
                onChange={() => setScope(each)}
              />
              <span>
                <span className="font-medium">{SCOPE[each].label}</span>{" "}
                <span className="text-muted">{SCOPE[each].said}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <Field
        label="Days"
        hint="Empty: until it is revoked."
        {...(isDays ? {} : { error: `A whole number from 1 to ${DAYS_MAX}.` })}
      >
        {(control) => (
          <input
            {...control}
            inputMode="numeric"
            className={INPUT_LOOK}
            value={days}
            onChange={(event) => setDays(event.target.value.trim())}
          />
        )}
      </Field>
    </ChangeDialog>
  );
}
