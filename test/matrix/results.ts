import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("RESULTS.md", import.meta.url));

/** The cells of a row; the first names it. */
export type Row = readonly [string, ...string[]];

export const HOST_HEAD: Row = ["Host", "Version", "Conformance kit", "Every kind of step", "Requests/s"];
export const MOVE_HEAD: Row = ["From", "To", "Steps ran on", "Result"];

export interface Results {
  readonly hosts: readonly Row[];
  readonly moves: readonly Row[];
}

/** @param order The titles of all hosts. */
export function writeResults(results: Results, order: readonly string[]): void {
  const before = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
  writeFileSync(FILE, resultsPage(before, results, order));
}

/** Rows of this run beside those of earlier ones, which the page of before has. */
export function resultsPage(before: string, { hosts, moves }: Results, order: readonly string[]): string {
  return `# Hosts

Written by \`npm run matrix\`, see [README.md](README.md). Requests per second are of signed requests of 2.3 kB with 8 clients on
the same ${cpus().length} shared cores (${cpus()[0]?.model ?? "unknown"}, ${process.platform} ${release()}): compare them within one run, and only
roughly. One with a number of programs behind it is of a machine that was busy with them. Rows that were not part of the last run are from earlier ones.

${tableOf(HOST_HEAD, merged(before, hosts, order))}

## Deploys from one runtime to another

A run sleeps, its host is stopped, another one is synced in its place and goes on with it.

${tableOf(MOVE_HEAD, mergedMoves(before, moves))}
`;
}

export function tableOf(head: Row, rows: readonly Row[]): string {
  const lines = [head, head.map(() => "---") as unknown as Row, ...rows];
  return lines
    .map(
      (cells) =>
        `| ${cells.map((cell) => cell.replaceAll(/\s+/g, " ").replaceAll("|", "\\|")).join(" | ")} |`,
    )
    .join("\n");
}

function merged(before: string, rows: readonly Row[], order: readonly string[]): readonly Row[] {
  const known = new Map([...rowsOf(before, HOST_HEAD), ...rows].map((row) => [row[0], row]));
  return order.map((name) => known.get(name)).filter((row) => row !== undefined);
}

function mergedMoves(before: string, rows: readonly Row[]): readonly Row[] {
  const key = ([from, to]: Row) => `${from} ${to}`;
  return [...new Map([...rowsOf(before, MOVE_HEAD), ...rows].map((row) => [key(row), row])).values()];
}

/** The rows below this head in a page that `tableOf` wrote. */
function rowsOf(page: string, head: Row): readonly Row[] {
  const lines = page.split("\n");
  const at = lines.indexOf(tableOf(head, []).split("\n")[0]!);
  if (at === -1) return [];
  const rest = lines.slice(at + 2);
  const end = rest.findIndex((line) => !line.startsWith("|"));
  return rest.slice(0, end === -1 ? rest.length : end).map((line) => {
    const cells = line.slice(2, -2).split(/(?<!\\) ?\| ?/);
    return cells.map((cell) => cell.replaceAll("\\|", "|")) as unknown as Row;
  });
}
