import type { ReactNode } from "react";
import { ArrayFields } from "./array-fields.tsx";
import { ChoiceFields } from "./choice-fields.tsx";
import { JsonField } from "./json-field.tsx";
import type { NodeProps } from "./node-props.ts";
import { ObjectFields } from "./object-fields.tsx";
import { Part } from "./part.tsx";
import { BooleanField, ConstField, NumberField, OptionsField, TextField } from "./scalar-fields.tsx";
import type { SchemaNode } from "./schema-node.ts";

/** A new kind of part does not compile until it has a control. */
const CONTROLS: { readonly [Kind in SchemaNode["kind"]]: (props: NodeProps<Kind>) => ReactNode } = {
  object: (props) => (
    <Part {...props}>
      <ObjectFields {...props} />
    </Part>
  ),
  array: (props) => (
    <Part {...props}>
      <ArrayFields {...props} />
    </Part>
  ),
  choice: (props) => (
    <Part {...props}>
      <ChoiceFields {...props} />
    </Part>
  ),
  string: (props) => <TextField {...props} />,
  number: (props) => <NumberField {...props} />,
  boolean: (props) => <BooleanField {...props} />,
  options: (props) => <OptionsField {...props} />,
  const: (props) => <ConstField {...props} />,
  json: (props) => <JsonField {...props} />,
};

export function NodeField(props: NodeProps) {
  const Control = CONTROLS[props.node.kind] as (props: NodeProps) => ReactNode;
  return <Control {...props} />;
}
