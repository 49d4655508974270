import { Plus, X } from "lucide-react";
import { Button } from "../button.tsx";
import { pointerTo } from "./form-errors.ts";
import { NodeField } from "./node-field.tsx";
import type { NodeProps } from "./node-props.ts";
import { initialOf } from "./schema-value.ts";

export function ArrayFields({ node, label, pointer, value, errors, change }: NodeProps<"array">) {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <div className="grid gap-3">
      {items.length === 0 && <p className="text-sm text-muted">Empty</p>}
      <ol className="grid gap-3">
        {items.map((item, index) => (
          <li key={index} className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <NodeField
                node={node.item}
                label={`${node.item.title ?? label} ${index + 1}`}
                pointer={pointerTo(pointer, index)}
                value={item}
                isRequired
                errors={errors}
                change={(changed) => change(items.with(index, changed ?? null))}
              />
            </div>
            <Button
              look="bare"
              aria-label={`Remove ${label} ${index + 1}`}
              className="size-8 px-0!"
              onClick={() => change(items.toSpliced(index, 1))}
            >
              <X aria-hidden size={14} />
            </Button>
          </li>
        ))}
      </ol>
      <div>
        <Button
          disabled={node.max !== null && items.length >= node.max}
          onClick={() => change([...items, initialOf(node.item)])}
        >
          <Plus aria-hidden size={14} />
          Add to {label}
        </Button>
      </div>
    </div>
  );
}
