import { useState } from "react";
import { FIELD_LOOK, INPUT_LOOK } from "../field.tsx";
import { boundsSaid, instantOfLocal, localOfInstant } from "./field-words.ts";
import { Labelled } from "./labelled.tsx";
import type { NodeProps } from "./node-props.ts";
import type { Format, Scalar } from "./schema-node.ts";
import { numberShown, numberTyped } from "./typed-number.ts";

const INPUT_TYPE: Readonly<Partial<Record<Format, string>>> = { email: "email", uri: "url", date: "date" };

export function TextField(props: NodeProps<"string">) {
  const { node, value, isRequired, change } = props;
  const text = typeof value === "string" ? value : "";
  const typed = (text: string) => change(text === "" && !isRequired ? undefined : text);
  if (node.format === "date-time") return <InstantField {...props} />;
  return (
    <Labelled {...props} bounds={boundsSaid(node.min, node.max, "character")}>
      {(control) =>
        node.format === "long" ? (
          <textarea
            {...control}
            rows={3}
            disabled={value === null}
            value={text}
            onChange={({ target }) => typed(target.value)}
            className={`${FIELD_LOOK} py-1.5`}
          />
        ) : (
          <input
            {...control}
            type={INPUT_TYPE[node.format] ?? "text"}
            autoComplete="off"
            disabled={value === null}
            value={text}
            onChange={({ target }) => typed(target.value)}
            className={INPUT_LOOK}
          />
        )
      }
    </Labelled>
  );
}

/** An instant as clocks here show it; as text where it is none. */
function InstantField(props: NodeProps<"string">) {
  const { value, change } = props;
  const local = typeof value === "string" ? localOfInstant(value) : "";
  return (
    <Labelled
      {...props}
      bounds={typeof value === "string" && value !== "" ? value : "In this browser's zone"}
    >
      {(control) => (
        <input
          {...control}
          type="datetime-local"
          step={1}
          disabled={value === null}
          value={local ?? ""}
          onChange={({ target }) => change(instantOfLocal(target.value) ?? undefined)}
          className={INPUT_LOOK}
        />
      )}
    </Labelled>
  );
}

export function NumberField(props: NodeProps<"number">) {
  const { node, value, change } = props;
  // `1.` and `1.50` are on the way to a number: what was typed stands as long as it means the value.
  const [typed, setTyped] = useState("");
  const shown = sameNumber(numberTyped(typed), value) ? typed : numberShown(value);
  return (
    <Labelled {...props} bounds={boundsSaid(node.min, node.max, null)}>
      {(control) => (
        <input
          {...control}
          inputMode={node.isInteger ? "numeric" : "decimal"}
          autoComplete="off"
          disabled={value === null}
          value={shown}
          onChange={({ target }) => {
            setTyped(target.value);
            change(numberTyped(target.value));
          }}
          className={`${INPUT_LOOK} tabular-nums`}
        />
      )}
    </Labelled>
  );
}

function sameNumber(a: unknown, b: unknown): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

export function BooleanField(props: NodeProps<"boolean">) {
  return <OptionsField {...props} node={{ ...props.node, kind: "options", values: [true, false] }} />;
}

export function OptionsField(props: NodeProps<"options">) {
  const { node, value, isRequired, change } = props;
  const index = node.values.indexOf(value as Scalar);
  return (
    <Labelled {...props}>
      {(control) => (
        <select
          {...control}
          disabled={value === null}
          className={INPUT_LOOK}
          value={index}
          onChange={({ target }) => change(node.values[Number(target.value)])}
        >
          {(index === -1 || !isRequired) && (
            <option value={-1}>{value === undefined || index !== -1 ? "–" : JSON.stringify(value)}</option>
          )}
          {node.values.map((each, index) => (
            <option key={JSON.stringify(each)} value={index}>
              {String(each)}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

export function ConstField(props: NodeProps<"const">) {
  const { node, value, change } = props;
  const said = JSON.stringify(node.value);
  if (JSON.stringify(value) === said)
    return (
      <p className="text-sm">
        <span className="font-medium">{props.label}</span> <code className="text-muted">{said}</code>
      </p>
    );
  return (
    <Labelled {...props}>
      {(control) => (
        <button
          {...control}
          type="button"
          className="min-h-8 rounded-md border border-line bg-raised px-2.5 text-sm hover:bg-hover"
          onClick={() => change(node.value)}
        >
          Set to <code>{said}</code>
        </button>
      )}
    </Labelled>
  );
}
