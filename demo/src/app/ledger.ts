import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * What the shop did to the world: a card charged, a mail sent. A file, one line per deed, so that one can look.
 * Every deed carries the idempotency key of its step, as a payment provider would ask for: a deed that is asked for
 * again under the same key is not done again, and the line says so.
 */
export class Ledger {
  readonly file: string;

  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
  }

  /** @returns the deed of this key, done now or earlier. */
  perform<Details extends object>(idempotencyKey: string, deed: string, details: Details): Details {
    const earlier = this.lines().find((line) => line.key === idempotencyKey && !line.again);
    const line: LedgerLine = {
      at: new Date().toISOString(),
      key: idempotencyKey,
      deed,
      again: earlier !== undefined,
      details,
    };
    appendFileSync(this.file, `${JSON.stringify(line)}\n`);
    return (earlier?.details ?? details) as Details;
  }

  lines(): LedgerLine[] {
    if (!existsSync(this.file)) return [];
    const lines = readFileSync(this.file, "utf8")
      .split("\n")
      .filter((line) => line !== "");
    return lines.map((line) => JSON.parse(line) as LedgerLine);
  }
}

export interface LedgerLine {
  readonly at: string;
  readonly key: string;
  readonly deed: string;
  /** Asked for again under a key that was used before: nothing was done. */
  readonly again: boolean;
  readonly details: object;
}
