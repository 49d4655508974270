import { useState } from "react";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";

const OVERLAPS = [
  { seconds: 0, label: "now" },
  { seconds: 3_600, label: "in an hour" },
  { seconds: 86_400, label: "in a day" },
  { seconds: 7 * 86_400, label: "in a week" },
];

interface RetireSecretDialogProps {
  readonly id: number;
  readonly fingerprint: string;
  readonly onClose: () => void;
  readonly done: () => void;
}

/** Now, or after the time that it takes until every app has the new one. */
export function RetireSecretDialog({ id, fingerprint, onClose, done }: RetireSecretDialogProps) {
  const params = useWorkspaceParams();
  const [after, setAfter] = useState(86_400);
  const { label } = OVERLAPS.find(({ seconds }) => seconds === after)!;
  return (
    <ChangeDialog
      operation="retireSigningSecret"
      onClose={onClose}
      title={`Retire ${fingerprint}`}
      description="From then on nothing is signed with it any more, and what is signed with it is refused, after one second at most. Run tokens that it sealed are refused too."
      does={`Retire it ${label}`}
      look="danger"
      input={() => ({ params: { ...params, id: String(id) }, body: { after_s: after } })}
      done={done}
    >
      <Field label="When" hint="Until then both are in force.">
        {(control) => (
          <select
            {...control}
            className={INPUT_LOOK}
            value={after}
            onChange={(event) => setAfter(Number(event.target.value))}
          >
            {OVERLAPS.map(({ seconds, label }) => (
              <option key={seconds} value={seconds}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </ChangeDialog>
  );
}
