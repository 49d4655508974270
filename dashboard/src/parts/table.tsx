import { useRef } from "react";
import type { Target } from "../here/target.ts";
import type { Column } from "./column.ts";
import { useIsNarrow } from "./narrow.ts";
import { useRowKeys } from "./row-keys.ts";
import type { Selection } from "./selection.ts";
import { StackedRows } from "./stacked-rows.tsx";
import { TableRows } from "./table-rows.tsx";

export interface TableProps<Row> {
  /** What it is a table of; read aloud. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly idOf: (row: Row) => string;
  /** Where a row leads. The link is in the first column, and as large as the row. */
  readonly targetOf?: (row: Row) => Target | null;
  /** A row in a few words, for its link and its checkbox: `Run of pay, failed`. */
  readonly nameOf: (row: Row) => string;
  readonly selection?: Selection;
}

/** Rows of a kind: a table, and on a phone one row below the other. */
export function Table<Row>(props: TableProps<Row>) {
  const ref = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  useRowKeys(ref, props.selection);
  return (
    <div ref={ref} data-row-keys className="overflow-x-auto rounded-lg border border-line bg-raised">
      {isNarrow ? <StackedRows {...props} /> : <TableRows {...props} />}
    </div>
  );
}
