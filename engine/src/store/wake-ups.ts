import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

export interface FiredTimers {
  readonly fired: number;
  /** Until the next timer is due; null when there is none or another engine is firing. */
  readonly nextDueMs: number | null;
  /** A schedule is due. */
  readonly isTick: boolean;
}

/** Fires up to `limit` due timers: sleeps end, waits time out, retries become ready. */
export async function fireTimers(database: Database, limit: number): Promise<FiredTimers> {
  const [row] = await wrapStatement(
    "fire_timers",
    () => database.sql<{ fired: number; next_due_ms: number | null; is_tick: boolean }[]>`
    select fired, next_due_ms, is_tick from durable.fire_timers(${limit}::int)`,
  );
  return { fired: row!.fired, nextDueMs: row!.next_due_ms, isTick: row!.is_tick };
}
