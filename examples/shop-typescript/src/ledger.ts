import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";

/**
 * The world outside: a bank, a carrier, a printer. Whoever is out there takes what comes under one key as one deed, and gives
 * the same receipt each time; here that is a file with a line for each time that somebody asked.
 */
export class Ledger {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** @returns the receipt of this deed. */
  enter(key: string, deed: string, order: string): string {
    appendFileSync(this.file, `${JSON.stringify({ deed, order, key })}\n`);
    return createHash("sha256").update(key).digest("hex").slice(0, 8);
  }
}
