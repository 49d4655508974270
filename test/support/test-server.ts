import { existsSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../engine/src/postgres/server.ts";
import { type Database, openDatabase } from "../../engine/src/store/database.ts";
import { migrate } from "../../engine/src/store/migrate.ts";
import { onServer } from "../../engine/src/testing/template-database.ts";
import { startDebianServer } from "./debian-server.ts";
import type { ServerAddress, TestServer } from "./server-address.ts";
import { tempFolder } from "./temp-folder.ts";

/** Which Postgres: the one the engine embeds (18), or the distribution's (15 on Debian 12). */
export type ServerKind = "embedded" | "debian";

/** The database that is migrated once and then copied. */
export const TEMPLATE = "durable_template";

/**
 * Statement tests lose nothing in a power cut that anybody would miss. Tests about durability pass `{}` instead.
 */
export const FAST: Record<string, string> = { fsync: "off", full_page_writes: "off", max_connections: "200" };

/** Files in memory are made and removed in half the time. Undefined: there is none, or not enough of it. */
function memoryFolder(): string | undefined {
  const folder = "/dev/shm";
  if (!existsSync(folder)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 4 * 2 ** 30 ? folder : undefined;
}

export async function startTestServer(
  kind: ServerKind,
  settings: Record<string, string> = FAST,
): Promise<TestServer> {
  const folder = tempFolder(kind, settings === FAST ? memoryFolder() : undefined);
  if (kind === "debian") return await startDebianServer(folder, settings);
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    log: (line) => console.error(line),
    settings,
  });
  return { address: { ...server.options }, pid: server.pid, stop: () => server.stop() };
}

export async function createTemplate(address: ServerAddress): Promise<void> {
  const server = openDatabase({ options: address, max: 1, applicationName: "test template" });
  await server.sql.unsafe(`create database ${TEMPLATE}`);
  const template = openDatabase({
    options: { ...address, database: TEMPLATE },
    max: 1,
    applicationName: "test template",
  });
  await migrate({ database: template, log: () => {} });
  await template.end();
  await server.sql.unsafe(`alter database ${TEMPLATE} with is_template true allow_connections false`);
  await server.end();
}

export interface TestDatabase extends Database {
  readonly address: ServerAddress;
  /** For processes that take DURABLE_DATABASE_URL. */
  readonly url: string;
  /** Ends the connections, also those of others, and removes the database. */
  drop(): Promise<void>;
}

let created = 0;

export interface DatabaseToMake {
  readonly empty?: boolean;
  readonly max?: number;
  /** Server settings of its connections. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A fresh database, migrated unless `empty`. */
export async function createDatabaseOn(
  address: ServerAddress,
  options: DatabaseToMake = {},
): Promise<TestDatabase> {
  created += 1;
  const name = `test_${process.pid}_${created}`;
  // Files are copied ten times faster than what is in them is written to the log.
  const template = options.empty ? "template0" : TEMPLATE;
  await onServer({ options: address }, `create database ${name} template ${template} strategy file_copy`);
  const own = { ...address, database: name };
  const database = openDatabase({
    options: own,
    max: options.max ?? 5,
    applicationName: "test",
    ...(options.settings && { settings: options.settings }),
  });
  return {
    ...database,
    address: own,
    url: `postgresql:///${name}?host=${encodeURIComponent(own.host)}&port=${own.port}&user=${own.user}`,
    drop: async () => {
      await database.end({ timeoutMs: 0 });
      await onServer({ options: address }, `drop database if exists ${name} with (force)`);
    },
  };
}

export function logFileOf(address: ServerAddress): string {
  return join(address.host, "..", "postgres.log");
}
