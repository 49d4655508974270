import { Check, X } from "lucide-react";
import { useState } from "react";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import type { Input } from "./input-words.ts";

const COMMENT_MAX = 4_000;

/** Yes or no, with a word why. */
export function DecisionForm({ input }: { readonly input: Input }) {
  const params = { ...useWorkspaceParams(), id: input.id };
  const readAgain = useReadAgain("listInputs");
  const [comment, setComment] = useState("");
  const [by, setBy] = useState("");
  const body = (approved: boolean) => ({
    approved,
    ...(comment.trim() === "" ? {} : { comment: comment.trim() }),
    ...(by.trim() === "" ? {} : { by: by.trim() }),
  });
  return (
    <div className="max-w-xl space-y-3">
      <Field label="Why" hint="Optional; for the run, and for whoever asks later.">
        {(control) => (
          <input
            {...control}
            className={INPUT_LOOK}
            maxLength={COMMENT_MAX}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        )}
      </Field>
      <ByField value={by} onChange={setBy} />
      <div className="flex flex-wrap gap-2">
        <ChangeButton
          operation="answerInput"
          input={{ params, body: body(true) }}
          does="Approve it"
          look="main"
          done={readAgain}
        >
          <Check aria-hidden size={14} />
          Approve
        </ChangeButton>
        <ChangeButton
          operation="answerInput"
          input={{ params, body: body(false) }}
          does="Decline it"
          look="danger"
          done={readAgain}
        >
          <X aria-hidden size={14} />
          Decline
        </ChangeButton>
      </div>
    </div>
  );
}

/** Recorded as it is said; the engine knows keys, not persons. */
export function ByField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <Field
      label="Your name"
      hint="Recorded as you say it; without it the name of the key or token that this page uses."
    >
      {(control) => (
        <input
          {...control}
          className={INPUT_LOOK}
          autoComplete="name"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
