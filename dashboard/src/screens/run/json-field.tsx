import type { ReactNode } from "react";
import { parseExactly } from "../../api/exact-json.ts";
import { FIELD_LOOK, Field } from "../../parts/field.tsx";

interface JsonFieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly text: string;
  readonly setText: (text: string) => void;
}

/** Any JSON, as text. */
export function JsonField({ label, hint, text, setText }: JsonFieldProps) {
  const error = text.trim() === "" ? null : readJson(text).error;
  return (
    <Field label={label} hint={hint} error={error ?? undefined}>
      {(control) => (
        <textarea
          {...control}
          spellCheck={false}
          rows={Math.min(14, Math.max(4, text.split("\n").length))}
          value={text}
          onChange={({ target }) => setText(target.value)}
          className={`${FIELD_LOOK} py-2 font-mono text-xs leading-5`}
        />
      )}
    </Field>
  );
}

export type ReadJson =
  | { readonly value: unknown; readonly error: null }
  | { readonly value?: never; readonly error: string };

/** Numbers that no double holds are kept as they were typed. */
export function readJson(text: string): ReadJson {
  try {
    return { value: parseExactly(text), error: null };
  } catch (error) {
    return { error: `This is no JSON: ${(error as Error).message}` };
  }
}
