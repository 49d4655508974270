import { joinClasses } from "./join-classes.ts";
import { RowCheckbox, RowsCheckbox } from "./row-checkbox.tsx";
import { LINKS_ABOVE, RowLink } from "./row-link.tsx";
import type { TableProps } from "./table.tsx";

/** The table on a phone: each row a few lines, what matters most on the first. */
export function StackedRows<Row>({
  label,
  columns,
  rows,
  idOf,
  targetOf,
  nameOf,
  selection,
}: TableProps<Row>) {
  const [first, ...others] = columns;
  const asides = others.filter(({ onPhone }) => onPhone === "aside");
  const leads = others.filter(({ onPhone }) => onPhone === "lead");
  const below = others.filter(({ onPhone }) => onPhone === undefined);
  return (
    <ul aria-label={label} className="text-sm">
      {selection && (
        <li className="flex items-center gap-2 border-b border-line px-3 py-1 text-xs text-muted">
          <RowsCheckbox selection={selection} ids={rows.map(idOf)} />
          <span aria-hidden>All of this page</span>
        </li>
      )}
      {rows.map((row) => {
        const id = idOf(row);
        return (
          <li
            key={id}
            data-row={id}
            className={joinClasses(
              "relative flex gap-2 border-t border-line px-3 py-2.5 first:border-t-0",
              selection?.ids.has(id) ? "bg-accent-ground" : "",
              LINKS_ABOVE,
            )}
          >
            {selection && (
              <RowCheckbox
                isSelected={selection.ids.has(id)}
                toggle={selection.toggle}
                extendTo={selection.extendTo}
                id={id}
                name={nameOf(row)}
              />
            )}
            <div className="min-w-0 flex-1">
              <div className="flex items-start justify-between gap-3">
                <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                  <RowLink target={targetOf?.(row) ?? null} name={nameOf(row)}>
                    {first?.cell(row)}
                  </RowLink>
                  {leads.map((column) => (
                    <span key={column.id} className="min-w-0 break-words">
                      {column.cell(row)}
                    </span>
                  ))}
                </div>
                <div className="flex shrink-0 gap-3 text-muted">
                  {asides.map((column) => (
                    <span key={column.id}>{column.cell(row)}</span>
                  ))}
                </div>
              </div>
              {below.length > 0 && (
                <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
                  {below.map((column) => {
                    const cell = column.cell(row);
                    return (
                      cell !== null && (
                        <div key={column.id} className="col-span-2 grid grid-cols-subgrid">
                          <dt className="text-muted">{column.label}</dt>
                          <dd className="min-w-0 break-words">{cell}</dd>
                        </div>
                      )
                    );
                  })}
                </dl>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
