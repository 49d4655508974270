import { padEnd, widthOf } from "./fit.ts";

/** Columns as wide as their widest cell. Cells may be coloured. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[column] ?? ""))),
  );
  return [head, ...rows].map((row) =>
    row
      .map((cell, column) => padEnd(cell, widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
