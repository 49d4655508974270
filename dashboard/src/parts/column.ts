import type { ReactNode } from "react";

/** A table is told what to show as data. */
export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Null where the row has nothing of it: a dash, and on a phone no line. */
  readonly cell: (row: Row) => ReactNode;
  readonly align?: "right";
  /** Of its cells: a width, or from which width of the screen on they are there. */
  readonly className?: string;
  /** In the stacked row of a phone: at the left or right end of its first line, or left out. Else below, after its label. */
  readonly onPhone?: "lead" | "aside" | "hidden";
}
