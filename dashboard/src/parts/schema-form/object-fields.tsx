import { pointerTo } from "./form-errors.ts";
import { NodeField } from "./node-field.tsx";
import type { NodeProps } from "./node-props.ts";
import { isObject, withMember } from "./schema-value.ts";

/** The members that the schema names. Others, which only JSON can give, stay as they are. */
export function ObjectFields({ node, pointer, value, errors, change }: NodeProps<"object">) {
  const members = isObject(value) ? value : {};
  if (node.fields.length === 0) return <p className="text-sm text-muted">It has no members.</p>;
  return (
    <div className="grid gap-4">
      {node.fields.map((field) => (
        <NodeField
          key={field.name}
          node={field.node}
          label={field.node.title ?? field.name}
          pointer={pointerTo(pointer, field.name)}
          value={Object.hasOwn(members, field.name) ? members[field.name] : undefined}
          isRequired={field.isRequired}
          errors={errors}
          change={(member) => change(withMember(value, field.name, member))}
        />
      ))}
    </div>
  );
}
