import { Send } from "lucide-react";
import { useMemo, useState } from "react";
import { useChange } from "../../api/change.ts";
import { ApiProblem } from "../../api/problem.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { JsonEditor } from "../../parts/json-editor.tsx";
import { ProblemPanel } from "../../parts/problem-panel.tsx";
import { errorsBelow } from "../../parts/schema-form/form-errors.ts";
import { nodeOf } from "../../parts/schema-form/read-schema.ts";
import { SchemaForm } from "../../parts/schema-form/schema-form.tsx";
import { initialOf } from "../../parts/schema-form/schema-value.ts";
import { draftOfText, draftOfValue } from "../trigger/draft.ts";
import { ByField } from "./decision-form.tsx";
import type { Input } from "./input-words.ts";

/** An answer as a form and as JSON; the engine holds it against the schema and points at each flaw. */
export function AnswerForm({ input }: { readonly input: Input }) {
  const params = { ...useWorkspaceParams(), id: input.id };
  const readAgain = useReadAgain("listInputs");
  const hasSchema = input.schema !== null && input.schema !== undefined;
  const [draft, setDraft] = useState(() => draftOfValue(hasSchema ? initialOf(nodeOf(input.schema)) : {}));
  const [by, setBy] = useState("");
  const change = useChange("answerInput", readAgain);
  const errors = useMemo(
    () => (change.error instanceof ApiProblem ? errorsBelow(change.error.body.errors ?? [], "/value") : {}),
    [change.error],
  );
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      {hasSchema && (
        <section aria-label="Answer, as a form" className="min-w-0">
          <SchemaForm
            schema={input.schema}
            value={draft.value}
            label="Answer"
            errors={errors}
            change={(value) => setDraft(draftOfValue(value))}
          />
        </section>
      )}
      <section aria-label="Answer, as JSON" className="min-w-0">
        <JsonEditor
          label="Answer, as JSON"
          text={draft.text}
          change={(text) => setDraft(draftOfText(text, draft))}
          isInvalid={draft.flaw !== null}
        />
        {draft.flaw !== null && (
          <p role="alert" className="mt-1 text-xs text-bad">
            {draft.flaw}
          </p>
        )}
        {!hasSchema && <p className="mt-1 text-sm text-muted">Any JSON fits: the function gave no schema.</p>}
      </section>
      <div className="max-w-xl space-y-3">
        <ByField value={by} onChange={setBy} />
        <ConfirmButton
          change={change}
          input={{ params, body: { value: draft.value, ...(by.trim() === "" ? {} : { by: by.trim() }) } }}
          does="Answer it"
          look="main"
          disabled={draft.flaw !== null}
        >
          <Send aria-hidden size={14} />
          Answer
        </ConfirmButton>
        {change.error && <ProblemPanel error={change.error} />}
      </div>
    </div>
  );
}
