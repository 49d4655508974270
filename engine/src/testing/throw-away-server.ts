import { randomUUID } from "node:crypto";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../postgres/server.ts";
import { type Database, type DatabaseOptions, openDatabase } from "../store/database.ts";
import { migrate } from "../store/migrate.ts";
import { tempFolder } from "./temp-folder.ts";

// One Postgres per test process, on a temporary folder: initdb and the migrations once, then a copy per database.
// It stops with the last database, so that a test that closes what it opened leaves no process behind, and starts
// again on the same folder, which takes a tenth of the first time.

export type Address = Pick<DatabaseOptions, "url" | "options">;

export interface ThrowAwayDatabase {
  readonly address: Address;
  /** Ends the sessions of others too, removes the database, and stops the server if it was the last one. */
  drop(): Promise<void>;
}

/** Nothing here has to survive a power cut. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_connections: "300" };

interface Server {
  readonly address: Address;
  readonly template: string;
  stop(): Promise<void>;
}

let folder: string | null = null;
let hasTemplate = false;
let running: Promise<Server> | null = null;
let inUse = 0;
/** Starts and stops, one after the other. */
let turn: Promise<unknown> = Promise.resolve();

/** A fresh, migrated database: on the server at `url`, or on one that is started for this process. */
export async function openThrowAwayDatabase(url?: string): Promise<ThrowAwayDatabase> {
  const name = `durable_kit_${randomUUID().replaceAll("-", "")}`;
  if (url !== undefined) {
    const own = within({ url }, name);
    await asAdmin({ url }, `create database ${name}`);
    await migrateAt(own);
    return {
      address: own,
      drop: () => asAdmin({ url }, `drop database if exists ${name} with (force)`),
    };
  }
  const server = await enter();
  try {
    await asAdmin(server.address, `create database ${name} template ${server.template}`);
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    address: within(server.address, name),
    async drop() {
      try {
        await asAdmin(server.address, `drop database if exists ${name} with (force)`);
      } finally {
        await leave();
      }
    },
  };
}

function enter(): Promise<Server> {
  inUse += 1;
  running ??= inTurn(startServer);
  const server = running;
  return server.catch((error: unknown) => {
    inUse -= 1;
    if (running === server) running = null;
    throw error;
  });
}

async function leave(): Promise<void> {
  inUse -= 1;
  if (inUse > 0 || running === null) return;
  const server = running;
  running = null;
  await inTurn(async () => (await server).stop());
}

function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const acted = turn.then(act);
  turn = acted.catch(() => {});
  return acted;
}

async function startServer(): Promise<Server> {
  folder ??= tempFolder("kit");
  const postgres: EmbeddedPostgres = await startEmbeddedPostgres({
    dataDir: folder,
    log: (line) => console.error(line),
    settings: SETTINGS,
  });
  const address = { options: postgres.options };
  const template = "durable_kit_template";
  try {
    if (!hasTemplate) {
      await asAdmin(address, `create database ${template}`);
      await migrateAt(within(address, template));
      hasTemplate = true;
    }
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { address, template, stop: () => postgres.stop() };
}

/** The same server, another database. */
function within({ url, options }: Address, database: string): Address {
  if (options !== undefined) return { options: { ...options, database } };
  const own = new URL(url!);
  own.pathname = `/${database}`;
  return { url: own.toString() };
}

async function migrateAt(address: Address): Promise<void> {
  await withDatabase(address, (database) => migrate({ database, log: () => {} }));
}

async function asAdmin(address: Address, statement: string): Promise<void> {
  await withDatabase(address, async ({ sql }) => {
    await sql.unsafe(statement);
  });
}

async function withDatabase(address: Address, act: (database: Database) => Promise<void>): Promise<void> {
  const database = openDatabase({ ...address, max: 1, applicationName: "durable test kit" });
  try {
    await act(database);
  } finally {
    await database.end();
  }
}
