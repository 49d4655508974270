import type { Database } from "./database.ts";
import { isUnknownOutcome, sqlState } from "./database-errors.ts";
import { type Migration, MigrationError, readMigrations } from "./migration-files.ts";

export { MigrationError, readMigrations } from "./migration-files.ts";

/**
 * Brings a database to the schema of this code: numbered, forward-only files, applied in order.
 *
 * Each file is sent together with its row in `durable.migrations` as ONE text. Postgres runs such a text as one
 * transaction, so there is no moment at which a file is applied but not recorded, whatever dies in between (a
 * transaction of several statements through postgres.js would not promise that, see database.ts). The text begins
 * by taking a lock that ends with the transaction: of two engines that start at once, one applies, the other finds
 * the row and goes on.
 */
export interface MigrateOptions {
  readonly database: Database;
  readonly log: (line: string) => void;
  /** Where the files are; by default those of this package. */
  readonly folder?: string;
}

export async function migrate({ database, log, folder }: MigrateOptions): Promise<void> {
  const migrations = readMigrations(folder);
  await requireSupportedServer(database);
  const applied = await readApplied(database);
  refuseMismatch(migrations, applied);
  for (const migration of migrations.slice(applied.length)) {
    if (await apply(database, migration))
      log(`Migrated the database: ${migration.number} ${migration.name}.`);
  }
  const now = await readApplied(database);
  refuseMismatch(migrations, now);
  if (now.length < migrations.length) {
    throw new MigrationError(
      `Only ${now.length} of ${migrations.length} migrations are recorded; run it again.`,
    );
  }
}

/** The oldest Postgres that is tested. */
const OLDEST_MAJOR = 15;

async function requireSupportedServer({ sql }: Database): Promise<void> {
  const [row] = await sql<{ version: string; major: number }[]>`
    select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major
  `;
  if (row!.major >= OLDEST_MAJOR) return;
  throw new MigrationError(
    `Durable needs Postgres ${OLDEST_MAJOR} or newer and this server is ${row!.version}; upgrade it.`,
  );
}

interface AppliedMigration {
  number: number;
  name: string;
  sha256: string;
}

async function readApplied({ sql }: Database): Promise<AppliedMigration[]> {
  const [found] = await sql`select to_regclass('durable.migrations') is not null as exists`;
  if (!found?.["exists"]) return [];
  return await sql<AppliedMigration[]>`select number, name, sha256 from durable.migrations order by number`;
}

function refuseMismatch(migrations: Migration[], applied: AppliedMigration[]): void {
  if (applied.length > migrations.length) {
    const last = applied.at(-1)!;
    throw new MigrationError(
      `The database has migration ${last.number} (${last.name}) and this version of the engine knows only ` +
        `${migrations.length}; run the newer version.`,
    );
  }
  for (const [index, row] of applied.entries()) {
    const file = migrations[index]!;
    if (row.number === file.number && row.sha256 === file.sha256) continue;
    throw new MigrationError(
      `Migration ${String(row.number).padStart(4, "0")}-${row.name} was applied to this database with other contents ` +
        `than ${file.file} has now; restore the file, and put the change into a new migration.`,
    );
  }
}

/** Any number, but the same in every version of the engine. */
const LOCK = "pg_advisory_xact_lock(7216455093412)";
/** Our own error code, raised when somebody else applied the file first. */
const ALREADY_APPLIED = "DU001";

/** Made with the first file, which makes the schema: an empty database never holds one without the other. */
const BOOKKEEPING = `
  create table if not exists durable.migrations (
    number int primary key,
    name text not null,
    sha256 text not null,
    applied_at timestamptz not null default clock_timestamp()
  )`;

/** False when another process applied it in the meantime. */
async function apply({ sql }: Database, { number, name, file, sha256, text }: Migration): Promise<boolean> {
  try {
    // Waiting for the other process, or for a long change, is right here, whatever these connections are set to.
    await sql.unsafe(`
      set local lock_timeout = 0;
      set local statement_timeout = 0;
      select ${LOCK};
      do $applied$ begin
        if to_regclass('durable.migrations') is not null then
          if exists (select from durable.migrations where number = ${number}) then
            raise exception 'already applied' using errcode = '${ALREADY_APPLIED}';
          end if;
        end if;
      end $applied$;
      ${text}
      ;
      ${BOOKKEEPING};
      insert into durable.migrations (number, name, sha256) values (${number}, '${name}', '${sha256}')`);
    return true;
  } catch (error) {
    if (sqlState(error) === ALREADY_APPLIED) return false;
    const next = isUnknownOutcome(error) ? "; start again: it is either done as a whole or not at all" : "";
    throw new MigrationError(`Migration ${file} failed: ${(error as Error).message}${next}.`, {
      cause: error,
    });
  }
}
