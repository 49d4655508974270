import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

export interface EngineRow {
  readonly leaseMs: number;
  readonly slots: number;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
}

/** Registers this process under an id that was never used before. */
export async function registerEngine(database: Database, row: EngineRow): Promise<number> {
  const [engine] = await database.sql<{ id: number }[]>`
    insert into durable.engines (lease_ms, slots, host, pid, version)
    values (${row.leaseMs}, ${row.slots}, ${row.host}, ${row.pid}, ${row.version}) returning id`;
  return engine!.id;
}

/** What it is at, told with its heartbeat. */
export interface EngineLoad {
  readonly slotsUsed: number;
  /** Of runs and tasks. */
  readonly leases: number;
}

/** The database's time in epoch milliseconds, or null when this engine was declared dead. */
export async function heartbeat(
  database: Database,
  engineId: number,
  { slotsUsed, leases }: EngineLoad,
): Promise<number | null> {
  const [row] = await wrapStatement(
    "heartbeat",
    () => database.sql<{ now_ms: number | null }[]>`
    select durable.heartbeat(${engineId}::int, ${slotsUsed}::int, ${leases}::int) as now_ms`,
  );
  return row!.now_ms;
}

/** From here on this engine is given no new leases. */
export async function drainEngine(database: Database, engineId: number): Promise<void> {
  await database.sql`
    update durable.engines set state = 'draining' where id = ${engineId} and state = 'live'`;
}

/** It has left. Leases it holds without knowing are queued for others; answers how many. */
export async function leaveEngine(database: Database, engineId: number): Promise<number> {
  const [row] = await wrapStatement(
    "leave_engine",
    () => database.sql<{ count: number }[]>`select durable.leave_engine(${engineId}::int) as count`,
  );
  return row!.count;
}

export interface Rescue {
  readonly engineId: number;
  readonly runCount: number;
}

/** Marks engines dead whose heartbeat is over and queues what they held, under new fences. */
export async function rescueLeases(database: Database, lostMax: number): Promise<Rescue[]> {
  const rows = await wrapStatement(
    "rescue_leases",
    () => database.sql<{ engine_id: number; run_count: number }[]>`
    select engine_id, run_count from durable.rescue_leases(${lostMax}::int)`,
  );
  return rows.map((row) => ({ engineId: row.engine_id, runCount: row.run_count }));
}
