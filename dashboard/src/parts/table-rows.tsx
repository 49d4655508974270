import { memo, type ReactNode } from "react";
import { joinClasses } from "./join-classes.ts";
import { RowCheckbox, RowsCheckbox } from "./row-checkbox.tsx";
import { LINKS_ABOVE, RowLink } from "./row-link.tsx";
import type { Selection } from "./selection.ts";
import type { TableProps } from "./table.tsx";

export function TableRows<Row>({ label, columns, rows, idOf, targetOf, nameOf, selection }: TableProps<Row>) {
  return (
    <Grid label={label} isSelectable={selection !== undefined}>
      <thead className="border-b border-line text-xs text-muted">
        <tr>
          {selection && (
            <th className="w-9 pl-2">
              <RowsCheckbox selection={selection} ids={rows.map(idOf)} />
            </th>
          )}
          {columns.map(({ id, label, align, className }) => (
            <th
              key={id}
              scope="col"
              className={joinClasses(
                "px-3 py-2 font-medium whitespace-nowrap",
                align && "text-right",
                className,
              )}
            >
              {label === "" ? <span className="sr-only">Actions</span> : label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const id = idOf(row);
          return (
            <TableRow
              key={id}
              row={row}
              id={id}
              columns={columns}
              isSelected={selection?.ids.has(id)}
              toggle={selection?.toggle}
              extendTo={selection?.extendTo}
              targetOf={targetOf}
              nameOf={nameOf}
            />
          );
        })}
      </tbody>
    </Grid>
  );
}

type TableRowProps<Row> = Pick<TableProps<Row>, "columns" | "nameOf"> & {
  readonly row: Row;
  readonly id: string;
  readonly isSelected: boolean | undefined;
  readonly toggle: Selection["toggle"] | undefined;
  readonly extendTo: Selection["extendTo"] | undefined;
  readonly targetOf: TableProps<Row>["targetOf"] | undefined;
};

/** Drawn anew only when its own row is another, for callers whose functions stay the same. */
const TableRow = memo(function TableRow<Row>({
  row,
  id,
  columns,
  isSelected,
  toggle,
  extendTo,
  targetOf,
  nameOf,
}: TableRowProps<Row>) {
  return (
    <tr
      data-row={id}
      aria-selected={isSelected}
      className={joinClasses(
        "relative border-t border-line first:border-t-0",
        isSelected ? "bg-accent-ground" : "hover:bg-hover",
        LINKS_ABOVE,
      )}
    >
      {toggle && extendTo && (
        <td className="w-9 pl-2">
          <RowCheckbox
            isSelected={isSelected === true}
            toggle={toggle}
            extendTo={extendTo}
            id={id}
            name={nameOf(row)}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <td
          key={column.id}
          className={joinClasses(
            "px-3 py-2 align-middle",
            column.align && "text-right whitespace-nowrap",
            column.className,
          )}
        >
          {index === 0 ? (
            <RowLink target={targetOf?.(row) ?? null} name={nameOf(row)}>
              {column.cell(row)}
            </RowLink>
          ) : (
            (column.cell(row) ?? <span aria-hidden>–</span>)
          )}
        </td>
      ))}
    </tr>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactNode;

/** Rows that can be selected make a grid: only there `aria-selected` means something. */
function Grid({
  label,
  isSelectable,
  children,
}: {
  readonly label: string;
  readonly isSelectable: boolean;
  readonly children: ReactNode;
}) {
  const shared = { "aria-label": label, className: "w-full text-left text-sm", children };
  // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: HTML allows it, and only in a grid rows can be selected
  return isSelectable ? <table role="grid" aria-multiselectable {...shared} /> : <table {...shared} />;
}
