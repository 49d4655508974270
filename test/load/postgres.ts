import { rmSync } from "node:fs";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../engine/src/postgres/server.ts";
import { openDatabase } from "../../engine/src/store/database.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** A fresh cluster per session: nobody inherits another one's bloat, cache or half-done vacuum. */
export interface BenchPostgres {
  /** A database named `bench`, by its socket. With a user and a host in front, which DBOS insists on. */
  readonly url: string;
  readonly pid: number;
  counters(): Promise<PostgresCounters>;
  stop(): Promise<void>;
}

/** What the server did since it started: transactions, bytes and flushes of WAL. */
export type PostgresCounters = Readonly<Record<"transactions" | "walBytes" | "walSyncs", number>>;

/**
 * On top of the settings of the engine's own embedded server (fsync and synchronous_commit on), the same for every
 * system that uses it. Exposed for RESULTS.md.
 */
export const SETTINGS: Readonly<Record<string, string>> = { fsync: "on", synchronous_commit: "on" };

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = tempFolder("bench-postgres");
  const server = await startEmbeddedPostgres({ dataDir: folder, log: () => {}, settings: { ...SETTINGS } });
  const { host, port, user } = server.options;
  const own = openDatabase({ options: { ...server.options }, max: 1, applicationName: "bench" });
  await own.sql.unsafe("create database bench");
  return {
    url: `postgresql://${user}@localhost:${port}/bench?host=${encodeURIComponent(host)}`,
    pid: server.pid,
    counters: async () => {
      const [row] = await own.sql.unsafe<Record<string, unknown>[]>(COUNTERS);
      return {
        transactions: Number(row?.["transactions"]),
        walBytes: Number(row?.["wal_bytes"]),
        walSyncs: Number(row?.["wal_syncs"]),
      };
    },
    stop: async () => {
      await own.end({ timeoutMs: 1_000 });
      await stop(server, folder);
    },
  };
}

// pg_stat_io counts WAL since Postgres 18, which is what the engine embeds.
const COUNTERS = `
  select (select xact_commit from pg_stat_database where datname = 'bench')::float8 as transactions,
    (pg_current_wal_insert_lsn() - '0/0')::float8 as wal_bytes,
    (select sum(fsyncs) from pg_stat_io where object = 'wal')::float8 as wal_syncs`;

async function stop(server: EmbeddedPostgres, folder: string): Promise<void> {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
