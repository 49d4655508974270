import { createHash } from "node:crypto";
import { type Database, openDatabase } from "../store/database.ts";
import { migrate, readMigrations } from "../store/migrate.ts";
import { type Address, within } from "./address.ts";

// A migrated database per server, which others are copies of: a copy takes a tenth of what migrating takes. Its name
// has a hash of the migrations, so another version of the engine has another one.

const PREFIX = "durable_kit_template_";
/** Of the server: who makes it. */
const LOCK = 7305;

/** A fresh database of that name: migrated, and nobody's yet. */
export async function copyTemplate(address: Address, name: string): Promise<void> {
  const template = PREFIX + hashOfMigrations();
  await withDatabase(address, async (server) => {
    if (!(await exists(server, template))) await makeTemplate(server, address, template);
    // Files are copied ten times faster than what is in them is written to the log.
    await server.sql.unsafe(`create database ${name} template ${template} strategy file_copy`);
  });
}

/** Runs a statement on the server itself, on a connection of its own. */
export async function onServer(address: Address, statement: string): Promise<void> {
  await withDatabase(address, async ({ sql }) => {
    await sql.unsafe(statement);
  });
}

/** It is there under its name only when it is whole, whoever dies meanwhile. */
async function makeTemplate(server: Database, address: Address, template: string): Promise<void> {
  const { sql } = server;
  const unfinished = `${template}_new`;
  await sql`select pg_advisory_lock(${LOCK})`;
  try {
    if (await exists(server, template)) return;
    await dropOthers(server);
    await sql.unsafe(`create database ${unfinished}`);
    await withDatabase(within(address, unfinished), fill);
    // Nothing may be connected to what is copied, not even the server's own cleaning.
    await sql.unsafe(`alter database ${unfinished} with allow_connections false`);
    await sql.unsafe(`alter database ${unfinished} rename to ${template}`);
  } finally {
    await sql`select pg_advisory_unlock(${LOCK})`;
  }
}

/**
 * Nothing grows here, and nothing that a moved clock has left behind may go: all lies in the default partitions, for ever. They are
 * also fewer files to copy.
 */
async function fill(database: Database): Promise<void> {
  await migrate({ database, log: () => {} });
  await database.sql.unsafe(`
    alter table durable.workspaces alter retention_days set default 3650;
    do $$ declare v_no int; v_table text; begin
      for v_no, v_table in select p.no, t from durable.partitions p, unnest(durable.partitioned()) as t loop
        execute format('drop table durable.%I', v_table || '_p' || v_no);
      end loop;
    end $$;
    update durable.partitions set state = 'none', to_at = to_at + interval '1000 years'`);
}

/** Of other versions, and what somebody has left half made. One that is being copied stays. */
async function dropOthers({ sql }: Database): Promise<void> {
  const others = await sql<{ name: string }[]>`
    select datname as name from pg_database where starts_with(datname::text, ${PREFIX})`;
  for (const { name } of others) await sql.unsafe(`drop database if exists ${name}`).catch(() => {});
}

async function exists({ sql }: Database, name: string): Promise<boolean> {
  return (await sql`select 1 from pg_database where datname = ${name}`).length > 0;
}

let hash: string | null = null;
function hashOfMigrations(): string {
  hash ??= createHash("sha256")
    .update(
      readMigrations()
        .map(({ sha256 }) => sha256)
        .join(),
    )
    .digest("hex")
    .slice(0, 16);
  return hash;
}

async function withDatabase(address: Address, act: (database: Database) => Promise<void>): Promise<void> {
  const database = openDatabase({ ...address, max: 1, applicationName: "durable test kit" });
  try {
    await act(database);
  } finally {
    await database.end();
  }
}
