import { readFileSync } from "node:fs";

/** A table of docs/guides/semantics.md: the cases in its head, and a `row / case` for each cell that is not a dash. */
export function semanticsTable(number: number): { readonly cases: string[]; readonly cells: string[] } {
  const page = readFileSync(new URL("../../docs/guides/semantics.md", import.meta.url), "utf8");
  const tables = page.split("\n\n").filter((paragraph) => paragraph.startsWith("|"));
  const [head, , ...rows] = tables[number]!.trim()
    .split("\n")
    .map((line) =>
      line
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
  const cases = head!.slice(1);
  const cells = rows.flatMap(([row, ...sentences]) =>
    sentences.flatMap((sentence, index) =>
      sentence === "-" ? [] : [`${row!.replaceAll("`", "")} / ${cases[index]}`],
    ),
  );
  return { cases, cells: cells.toSorted() };
}
