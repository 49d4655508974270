import { useState } from "react";
import { parseExactly } from "../../api/exact-json.ts";
import { FIELD_LOOK } from "../field.tsx";
import { Labelled } from "./labelled.tsx";
import type { NodeProps } from "./node-props.ts";

/** A part that the form has no control for, as JSON. */
export function JsonField(props: NodeProps<"json">) {
  const { value, errors, pointer, isRequired, change } = props;
  const [typed, setTyped] = useState<{ readonly text: string; readonly value: unknown } | null>(null);
  const isTyped = typed !== null && JSON.stringify(typed.value) === JSON.stringify(value);
  const text = isTyped ? typed.text : value === undefined ? "" : JSON.stringify(value, null, 2);
  const flaw = flawOf(text);
  return (
    <Labelled
      {...props}
      bounds="as JSON"
      errors={flaw === null ? errors : { ...errors, [pointer]: [flaw, ...(errors[pointer] ?? [])] }}
    >
      {(control) => (
        <textarea
          {...control}
          rows={Math.min(10, Math.max(2, text.split("\n").length))}
          spellCheck={false}
          value={text}
          onChange={({ target }) => {
            const next = target.value;
            const read = flawOf(next) === null ? valueOfText(next, isRequired) : value;
            setTyped({ text: next, value: read });
            change(read);
          }}
          className={`${FIELD_LOOK} py-1.5 font-mono`}
        />
      )}
    </Labelled>
  );
}

function valueOfText(text: string, isRequired: boolean): unknown {
  if (text.trim() === "") return isRequired ? null : undefined;
  return parseExactly(text);
}

function flawOf(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `no JSON: ${(error as Error).message}`;
  }
}
