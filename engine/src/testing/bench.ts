import { type Logger, pino } from "pino";
import { createEngine, type Engine } from "../engine.ts";
import { openDatabase } from "../store/database.ts";
import { lookForRest, type Rest } from "./rest.ts";
import { openThrowAwayDatabase } from "./throw-away-server.ts";
import { setAhead } from "./virtual-clock.ts";

export interface BenchOptions {
  /** A Postgres on which databases may be created; one of its own for this process when it is missing. */
  readonly postgresUrl?: string | undefined;
  /** What the engine writes to stderr, as JSON. */
  readonly log: "silent" | "warn" | "info" | "debug";
}

/** What the SDK's test kit stands on: a real engine in this process, which can die, and a clock that can be moved. */
export interface Bench {
  /** Of the engine that runs now; another one after each start. */
  readonly url: string;
  start(): Promise<void>;
  /** Leaves what a killed process leaves; whoever starts next takes it up at once. */
  kill(): Promise<void>;
  /** All heartbeats are over now: whoever holds leases loses them, and goes on under a new name. */
  loseLeases(): Promise<void>;
  /** Whether anything goes on, and when it would by itself. */
  rest(): Promise<Rest>;
  /** Moves the clock ahead. It never goes back. */
  advance(ms: number): Promise<void>;
  /** Whether the dispatch with this fence is over: its outcome is on disk, or it has lost its lease. */
  isOver(runId: string, fence: string): Promise<boolean>;
  /** Stops the engine and removes the database. */
  close(): Promise<void>;
}

/** How long anything may stay unnoticed that no hint announces; more often would keep a processor busy. */
const POLL_MS = 200;

/** Each takes longer to open than most tests take to run. */
const CONNECTIONS = 3;

/** For a database that is thrown away. */
const ENCRYPTION_KEY = new Uint8Array(32);

export async function openBench({ postgresUrl, log }: BenchOptions): Promise<Bench> {
  const own = await openThrowAwayDatabase(postgresUrl);
  const database = openDatabase({ ...own.address, max: 2, applicationName: "durable test kit" });
  let engine: Engine | null = null;
  let logger: Logger | null = null;
  let url = "";
  let aheadMs = 0;

  async function loseLeases(): Promise<void> {
    await database.sql`update durable.engines set seen_at = '-infinity', lease_ms = 1 where state in ('live', 'draining')`;
  }

  return {
    get url() {
      return url;
    },
    async start() {
      logger = pino({ level: log, base: null }, pino.destination({ dest: 2, sync: true }));
      const starting = createEngine({
        mode: "dev",
        database: own.address,
        connections: CONNECTIONS,
        host: "127.0.0.1",
        port: 0,
        adminToken: null,
        encryptionKeys: [ENCRYPTION_KEY],
        leaseMs: 5_000,
        pollMs: POLL_MS,
        slots: 64,
        egress: { allowLoopback: true },
        log: logger,
      });
      const { port } = await starting.start();
      engine = starting;
      url = `http://127.0.0.1:${port}`;
    },
    async kill() {
      // The dead say nothing, least of all that their database is gone.
      if (logger !== null) logger.level = "silent";
      await engine?.crash();
      engine = null;
      await loseLeases();
    },
    loseLeases,
    rest: () => lookForRest(database.sql),
    async advance(ms) {
      aheadMs += ms;
      await setAhead(database.sql, aheadMs);
      engine?.lookAround();
    },
    async isOver(runId, fence) {
      const [row] = await database.sql<{ is_held: boolean }[]>`
        select exists (select 1 from durable.live_runs where run_id = ${runId} and fence = ${fence})
          or exists (select 1 from durable.tasks where run_id = ${runId} and fence = ${fence}) as is_held`;
      return !row!.is_held;
    },
    async close() {
      try {
        await engine?.stop();
      } finally {
        engine = null;
        await database.end();
        await own.drop();
      }
    },
  };
}
