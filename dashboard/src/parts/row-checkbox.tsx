import type { Selection } from "./selection.ts";

export type Toggles = Pick<Selection, "toggle" | "extendTo">;

interface RowCheckboxProps extends Pick<Selection, "toggle" | "extendTo"> {
  readonly isSelected: boolean;
  readonly id: string;
  readonly name: string;
}

export function RowCheckbox({ isSelected, toggle, extendTo, id, name }: RowCheckboxProps) {
  return (
    <label className="inline-flex size-7 items-center justify-center">
      <input
        type="checkbox"
        aria-label={`Select: ${name}`}
        checked={isSelected}
        onClick={(event) => event.shiftKey && extendTo(id)}
        onChange={({ nativeEvent }) => (nativeEvent as MouseEvent).shiftKey || toggle(id)}
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
