import { useState } from "react";
import { Field, INPUT_LOOK } from "../field.tsx";
import { NodeField } from "./node-field.tsx";
import type { NodeProps } from "./node-props.ts";
import { ObjectFields } from "./object-fields.tsx";
import { choiceName, chosenOf, initialOf, looksLike } from "./schema-value.ts";

/** One of several: which, and then that one. */
export function ChoiceFields({ node, label, pointer, value, errors, change }: NodeProps<"choice">) {
  const [picked, pick] = useState<number | null>(null);
  // What a person picked holds as long as the value could be meant by it.
  const isPicked = picked !== null && looksLike(node.nodes[picked]!, value);
  const chosen = isPicked ? picked : chosenOf(node.nodes, value);
  const one = node.nodes[chosen]!;
  return (
    <div className="grid gap-4">
      <Field label={`Kind of ${label}`}>
        {(control) => (
          <select
            {...control}
            className={INPUT_LOOK}
            value={chosen}
            onChange={({ target }) => {
              pick(Number(target.value));
              change(initialOf(node.nodes[Number(target.value)]!));
            }}
          >
            {node.nodes.map((each, index) => (
              <option key={choiceName(each, index)} value={index}>
                {choiceName(each, index)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {one.kind === "object" ? (
        <ObjectFields
          node={one}
          label={label}
          pointer={pointer}
          value={value}
          isRequired
          errors={errors}
          change={change}
        />
      ) : (
        one.kind !== "const" && (
          <NodeField
            node={one}
            label={label}
            pointer={pointer}
            value={value}
            isRequired
            errors={errors}
            change={change}
          />
        )
      )}
    </div>
  );
}
