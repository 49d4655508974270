import type { Selection } from "./selection.ts";

interface RowCheckboxProps {
  readonly selection: Selection;
  readonly id: string;
  readonly name: string;
}

export function RowCheckbox({ selection, id, name }: RowCheckboxProps) {
  return (
    <label className="inline-flex size-7 items-center justify-center">
      <input
        type="checkbox"
        aria-label={`Select: ${name}`}
        checked={selection.ids.has(id)}
        onClick={(event) => event.shiftKey && selection.extendTo(id)}
        onChange={({ nativeEvent }) => (nativeEvent as MouseEvent).shiftKey || selection.toggle(id)}
        className="size-4 accent-accent"
      />
    </label>
  );
}

/** All rows of the page. */
export function RowsCheckbox({
  selection,
  ids,
}: {
  readonly selection: Selection;
  readonly ids: readonly string[];
}) {
  const isAll = ids.length > 0 && selection.ids.size === ids.length;
  return (
    <label className="inline-flex size-7 items-center justify-center">
      <input
        type="checkbox"
        aria-label="Select all of this page"
        checked={isAll}
        ref={(box) => {
          if (box !== null) box.indeterminate = !isAll && selection.ids.size > 0;
        }}
        onChange={() => selection.setAll(!isAll)}
        className="size-4 accent-accent"
      />
    </label>
  );
}
