import { lazy, Suspense } from "react";
import { FIELD_LOOK } from "./field.tsx";

const JsonEditorView = lazy(() => import("./json-editor-view.tsx"));

export interface JsonEditorProps {
  readonly label: string;
  readonly text: string;
  readonly change: (text: string) => void;
  /** On Ctrl+Enter, or ⌘+Enter. */
  readonly submit?: () => void;
  readonly isInvalid?: boolean;
}

/** JSON to be edited. Until the editor has come, and where it cannot, a plain field does the same. */
export function JsonEditor(props: JsonEditorProps) {
  const { label, text, change } = props;
  return (
    <Suspense
      fallback={
        <textarea
          aria-label={label}
          rows={16}
          spellCheck={false}
          value={text}
          onChange={({ target }) => change(target.value)}
          className={`${FIELD_LOOK} py-2 font-mono`}
        />
      }
    >
      <JsonEditorView {...props} />
    </Suspense>
  );
}
