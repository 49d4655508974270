import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { type KeyboardEvent, useMemo, useState } from "react";
import { useChange } from "../../api/change.ts";
import { ApiProblem } from "../../api/problem.ts";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { JsonEditor } from "../../parts/json-editor.tsx";
import { errorsBelow } from "../../parts/schema-form/form-errors.ts";
import { SchemaForm } from "../../parts/schema-form/schema-form.tsx";
import { NoSchema } from "../function/no-schema.tsx";
import { draftOfText, draftOfValue } from "./draft.ts";
import { LastInputs } from "./last-inputs.tsx";
import { bodyOf, delayMsOf, MoreOptions, NO_OPTIONS } from "./more-options.tsx";
import { SnippetPanel } from "./snippet-panel.tsx";
import { TriggerProblem } from "./trigger-problem.tsx";

interface TriggerFormProps {
  readonly fn: string;
  /** Undefined: the function says nothing of its input. */
  readonly schema: unknown;
  /** What stands there at first. */
  readonly begin: unknown;
}

/** The input as a form and as JSON, each of which changes the other; ⌘+Enter or Ctrl+Enter sends it. */
export function TriggerForm({ fn, schema, begin }: TriggerFormProps) {
  const params = useWorkspaceParams();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftOfValue(begin));
  const [options, setOptions] = useState(NO_OPTIONS);
  const change = useChange("triggerFunction", ({ run }) => {
    void navigate({ to: "/$app/$env/runs/$id", params: { ...params, id: run } });
  });
  const input = {
    params: { ...params, fn },
    query: {},
    body: { data: draft.value, ...bodyOf(options) },
  };
  const canSend = draft.flaw === null && delayMsOf(options.delay) !== null && !change.isBusy;
  const send = () => canSend && change.go(input);
  const errors = useMemo(
    () => (change.error instanceof ApiProblem ? errorsBelow(change.error.body.errors ?? [], "/data") : {}),
    [change.error],
  );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
    event.preventDefault();
    send();
  };
  const hasSchema = schema !== undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys that reach a control in it
    <div onKeyDown={onKeyDown} className="grid gap-5 xl:grid-cols-2">
      {hasSchema && (
        <section aria-label="Input, as a form" className="min-w-0">
          {draft.flaw !== null && (
            <p className="mb-3 rounded-md bg-calm-ground px-3 py-2 text-sm text-calm">
              The JSON beside is not whole; the form shows what it was before.
            </p>
          )}
          <SchemaForm
            schema={schema}
            value={draft.value}
            label="Input"
            errors={errors}
            change={(value) => setDraft(draftOfValue(value))}
          />
        </section>
      )}
      <div className="grid min-w-0 content-start gap-4">
        <section aria-label="Input, as JSON" className="min-w-0">
          <h2 className="mb-1.5 text-sm font-semibold">JSON</h2>
          <JsonEditor
            label="Input, as JSON"
            text={draft.text}
            change={(text) => setDraft(draftOfText(text, draft))}
            submit={send}
            isInvalid={draft.flaw !== null}
          />
          {draft.flaw !== null && (
            <p role="alert" className="mt-1 text-xs text-bad">
              {draft.flaw}
            </p>
          )}
        </section>
        <MoreOptions options={options} set={setOptions} />
        {change.error && <TriggerProblem error={change.error} isAtFields={hasSchema} />}
        <div className="sticky bottom-16 z-10 flex flex-wrap items-center gap-3 rounded-lg border border-line bg-raised p-2 shadow-sm md:bottom-2">
          <ConfirmButton
            change={change}
            input={input}
            does={`Start a run of ${fn}`}
            look="main"
            disabled={!canSend}
          >
            <Play aria-hidden size={14} />
            Start a run
          </ConfirmButton>
          <span className="text-xs text-muted">
            <kbd>Ctrl</kbd> or <kbd>⌘</kbd> + <kbd>Enter</kbd>
          </span>
        </div>
        <LastInputs fn={fn} take={(data) => setDraft(draftOfValue(data))} />
        <SnippetPanel start={{ origin: location.origin, ...params, fn, json: draft.text }} />
      </div>
      {!hasSchema && (
        <div className="min-w-0">
          <NoSchema fn={fn} isNarrow />
        </div>
      )}
    </div>
  );
}
