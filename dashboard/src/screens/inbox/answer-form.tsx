import { Send } from "lucide-react";
import { useState } from "react";
import { parseExactly } from "../../api/exact-json.ts";
import { useReadAgain } from "../../api/read-again.ts";
import { ChangeButton } from "../../parts/change-button.tsx";
import { FIELD_LOOK, Field } from "../../parts/field.tsx";
import { JsonView } from "../../parts/json-view.tsx";
import { useWorkspaceParams } from "../../shell/workspace.ts";
import { ByField } from "./decision-form.tsx";
import { draftFor, type Input } from "./input-words.ts";

/** An answer as JSON; the engine holds it against the schema and points at each flaw. */
export function AnswerForm({ input }: { readonly input: Input }) {
  const params = { ...useWorkspaceParams(), id: input.id };
  const readAgain = useReadAgain("listInputs");
  const [text, setText] = useState(() => draftFor(input.schema));
  const [by, setBy] = useState("");
  const read = readJson(text);
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <div className="space-y-3">
        <Field
          label="Answer"
          hint="JSON. The first answer counts."
          {...(text.trim() === "" || read !== null ? {} : { error: "This is no JSON yet." })}
        >
          {(control) => (
            <textarea
              {...control}
              rows={8}
              spellCheck={false}
              className={`${FIELD_LOOK} py-1.5 font-mono`}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <ByField value={by} onChange={setBy} />
        <ChangeButton
          operation="answerInput"
          input={{ params, body: { value: read?.value, ...(by.trim() === "" ? {} : { by: by.trim() }) } }}
          does="Answer it"
          look="main"
          disabled={read === null}
          done={readAgain}
        >
          <Send aria-hidden size={14} />
          Answer
        </ChangeButton>
      </div>
      {input.schema === null || input.schema === undefined ? (
        <p className="text-sm text-muted">Any JSON fits: the function gave no schema.</p>
      ) : (
        <JsonView value={input.schema} label="What fits" isTitled />
      )}
    </div>
  );
}

function readJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: parseExactly(text) };
  } catch {
    return null;
  }
}
