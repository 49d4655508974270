import { randomUUID } from "node:crypto";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../postgres/server.ts";
import { type Address, within } from "./address.ts";
import { tempFolder } from "./temp-folder.ts";
import { copyTemplate, onServer } from "./template-database.ts";

// One Postgres per test process, on a temporary folder: initdb and the migrations once, then a copy per database.
// It stops with the last database, so that a test that closes what it opened leaves no process behind, and starts
// again on the same folder, which takes a tenth of the first time.

export interface ThrowAwayDatabase {
  readonly address: Address;
  /** Ends the sessions of others too, removes the database, and stops the server if it was the last one. */
  drop(): Promise<void>;
}

/** Nothing here has to survive a power cut. */
const SETTINGS = { fsync: "off", full_page_writes: "off", max_connections: "300" };

interface Server {
  readonly address: Address;
  stop(): Promise<void>;
}

let folder: string | null = null;
let running: Promise<Server> | null = null;
let inUse = 0;
/** Starts and stops, one after the other. */
let turn: Promise<unknown> = Promise.resolve();

/** A fresh, migrated database: on the server at `url`, or on one that is started for this process. */
export async function openThrowAwayDatabase(url?: string): Promise<ThrowAwayDatabase> {
  const name = `durable_kit_${randomUUID().replaceAll("-", "")}`;
  if (url !== undefined) {
    await copyTemplate({ url }, name);
    return {
      address: within({ url }, name),
      drop: () => onServer({ url }, dropOf(name)),
    };
  }
  const server = await enter();
  try {
    await copyTemplate(server.address, name);
  } catch (error) {
    await leave();
    throw error;
  }
  return {
    address: within(server.address, name),
    async drop() {
      try {
        await onServer(server.address, dropOf(name));
      } finally {
        await leave();
      }
    },
  };
}

function dropOf(name: string): string {
  return `drop database if exists ${name} with (force)`;
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
  return { address: { options: postgres.options }, stop: () => postgres.stop() };
}
