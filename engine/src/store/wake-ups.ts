import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

export interface FiredTimers {
  readonly fired: number;
  /** Until the next timer is due; null when there is none or another engine is firing. */
  readonly nextDueMs: number | null;
}

/** Fires up to `limit` due timers: sleeps end, waits time out, retries become ready. */
export async function fireTimers(database: Database, limit: number): Promise<FiredTimers> {
  const [row] = await wrapStatement(
    "fire_timers",
    () => database.sql<{ fired: number; next_due_ms: number | null }[]>`
    select fired, next_due_ms from durable.fire_timers(${limit}::int)`,
  );
  return { fired: row!.fired, nextDueMs: row!.next_due_ms };
}
