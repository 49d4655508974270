import { existsSync, readFileSync } from "node:fs";

/** What somebody outside of both shops was asked, each time. */
export interface Entry {
  readonly deed: string;
  readonly order: string;
  /** The idempotency key of its step. */
  readonly key: string;
}

/** The lines of a shop's ledger. A process that was killed may have left half a line. */
export function entriesOf(file: string): Entry[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as Entry);
}
