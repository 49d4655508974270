import type { AnswerOf, ChangeOperation, InputOf } from "@durable/engine/api";
import { type ReactNode, useState } from "react";
import { useChange } from "../api/change.ts";
import { Button, type ButtonProps } from "./button.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field, INPUT_LOOK } from "./field.tsx";
import { ProblemPanel } from "./problem-panel.tsx";

interface ChangeDialogProps<Name extends ChangeOperation> {
  readonly operation: Name;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen, and what will not. */
  readonly description?: ReactNode;
  /** As an order, also on the button: `Pause the key`. */
  readonly does: string;
  readonly look?: ButtonProps["look"];
  /** With what was typed as the reason; null while it cannot be sent. */
  readonly input: (reason: string | undefined) => InputOf<Name> | null;
  /** The route takes a reason, which the audit keeps. */
  readonly hasReason?: boolean;
  readonly done?: (answer: AnswerOf<Name>) => void;
  readonly children?: ReactNode;
}

/** A change that deserves a sentence before it is made: what it does, why, and the button. It closes when it is done. */
export function ChangeDialog<Name extends ChangeOperation>({
  operation,
  onClose,
  title,
  description,
  does,
  look = "main",
  input,
  hasReason = false,
  done,
  children,
}: ChangeDialogProps<Name>) {
  const [reason, setReason] = useState("");
  const change = useChange(operation, (answer) => {
    onClose();
    done?.(answer);
  });
  const asked = input(reason.trim() === "" ? undefined : reason.trim());
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <ConfirmButton
            change={change}
            input={asked as InputOf<Name>}
            does={does}
            look={look}
            disabled={asked === null}
          >
            {does}
          </ConfirmButton>
        </>
      }
    >
      <div className="space-y-3">
        {children}
        {hasReason && (
          <Field label="Reason" hint="Optional; kept in the audit log, for whoever asks later.">
            {(control) => (
              <input
                {...control}
                className={INPUT_LOOK}
                maxLength={1_000}
                value={reason}
                onChange={(event) => setReason(event.target.value)}
              />
            )}
          </Field>
        )}
        {change.error && <ProblemPanel error={change.error} />}
      </div>
    </Dialog>
  );
}
