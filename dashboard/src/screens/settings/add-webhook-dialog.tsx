import type { AnswerOf } from "@durable/engine/api";
import { useState } from "react";
import { useWorkspaceParams } from "../../here/workspace.ts";
import { ChangeDialog } from "../../parts/change-dialog.tsx";
import { Field, INPUT_LOOK } from "../../parts/field.tsx";
import { EVENT_CHOICES } from "./webhook-words.ts";

interface AddWebhookDialogProps {
  readonly onClose: () => void;
  readonly done: (webhook: AnswerOf<"createWebhook">) => void;
}

export function AddWebhookDialog({ onClose, done }: AddWebhookDialogProps) {
  const params = useWorkspaceParams();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<readonly string[]>(["durable.alert.*"]);
  const toggle = (pattern: string) =>
    setEvents((now) => (now.includes(pattern) ? now.filter((each) => each !== pattern) : [...now, pattern]));
  const isUrl = URL.canParse(url.trim());
  return (
    <ChangeDialog
      operation="createWebhook"
      onClose={onClose}
      title="New webhook"
      description="Each event is sent until it is answered with 2xx, with the same webhook-id each time, for a day."
      does="Add it"
      hasReason
      input={(reason) =>
        isUrl && events.length > 0 ? { params, body: { url: url.trim(), events: [...events], reason } } : null
      }
      done={done}
    >
      <Field
        label="Address"
        hint="Public https; private networks are refused. It may hold a secret of the receiver's."
      >
        {(control) => (
          <input
            {...control}
            type="url"
            className={INPUT_LOOK}
            placeholder="https://ops.example.com/durable"
            value={url}
            onChange={(event) => setUrl(event.target.value)}
          />
        )}
      </Field>
      <fieldset>
        <legend className="mb-1 text-sm font-medium">What is sent</legend>
        {EVENT_CHOICES.map(({ pattern, label }) => (
          <label key={pattern} className="flex min-h-7 items-center gap-2 text-sm">
            <input type="checkbox" checked={events.includes(pattern)} onChange={() => toggle(pattern)} />
            {label} <code className="text-muted">{pattern}</code>
          </label>
        ))}
      </fieldset>
    </ChangeDialog>
  );
}
