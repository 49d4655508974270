import { useState } from "react";
import { Button } from "../../parts/button.tsx";
import { CopyButton } from "../../parts/copy-button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import type { ActProps } from "./act-dialog.tsx";
import { COPY_AS, FORMS, type Form } from "./copy-as.ts";

/** More than this is copied whole and shown cut. */
const SHOWN_MAX = 20_000;

export function CopyDialog({ run, close }: ActProps) {
  const [form, setForm] = useState<Form>("curl");
  const { does, label, write } = COPY_AS[form];
  const text = write({ run, origin: location.origin });
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Copy this run"
      description={does}
      footer={
        <>
          <Button onClick={close}>Close</Button>
          <CopyButton look="main" text={text} what={label}>
            Copy {label}
          </CopyButton>
        </>
      }
    >
      <fieldset className="flex flex-wrap gap-1.5">
        <legend className="sr-only">As</legend>
        {FORMS.map((each) => (
          <Button
            key={each}
            aria-pressed={each === form}
            look={each === form ? "main" : "plain"}
            className="min-h-7 px-2 text-xs"
            onClick={() => setForm(each)}
          >
            {COPY_AS[each].label}
          </Button>
        ))}
      </fieldset>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        className="mt-3 max-h-80 overflow-auto rounded-md border border-line bg-sunken p-3 text-xs leading-5"
      >
        {text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}\n…` : text}
      </pre>
      {form === "php" && (
        <p className="mt-2 text-xs text-muted">There is no SDK for PHP yet: this is the API by itself.</p>
      )}
      {form !== "test" && (
        <p className="mt-2 text-xs text-muted">
          It needs a key in DURABLE_API_KEY where the engine asks for one.
        </p>
      )}
    </Dialog>
  );
}
