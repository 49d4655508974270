import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One file of engine/migrations, `0007-ingest.sql`. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly text: string;
}

export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

const FOLDER = fileURLToPath(new URL("../../migrations", import.meta.url));
const FILE_NAME = /^(\d{4})-([a-z0-9-]+)\.sql$/;
/** At the start of a line, outside of functions (whose BEGIN has no semicolon): would end our transaction early. */
const OWN_TRANSACTION =
  /^(begin|start transaction|commit|rollback|end)\s*;|\bcreate\s+(unique\s+)?index\s+concurrently\b/im;

/** In order, without gaps; refuses what could not be applied as one transaction. */
export function readMigrations(folder: string = FOLDER): Migration[] {
  const files = readdirSync(folder).filter((file) => FILE_NAME.test(file));
  if (files.length === 0) {
    throw new MigrationError(
      `The folder ${folder} holds no migrations (0001-name.sql); is the package complete?`,
    );
  }
  return files.sort().map((file, index) => readMigration(folder, file, index + 1));
}

function readMigration(folder: string, file: string, expected: number): Migration {
  const [, digits, name] = FILE_NAME.exec(file)!;
  const number = Number(digits);
  if (number !== expected) {
    throw new MigrationError(`Migration ${file} should be number ${expected}: no gaps, no doubles.`);
  }
  const text = readFileSync(join(folder, file), "utf8");
  const own = OWN_TRANSACTION.exec(text)?.[0].replace(/\s*;$/, "");
  if (own !== undefined) {
    throw new MigrationError(
      `Migration ${file} says "${own}", but each file is applied as one transaction together with its record; leave it out.`,
    );
  }
  return { number, name: name!, file, sha256: createHash("sha256").update(text).digest("hex"), text };
}
