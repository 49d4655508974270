import { stepIdToUuid } from "../domain/ids.ts";
import { plainArray } from "./array-literal.ts";
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

export interface EventRef {
  readonly workspaceId: number;
  readonly eventId: string;
}

export interface WaitRef {
  readonly workspaceId: number;
  readonly runId: string;
  /** 32 hex digits. */
  readonly stepId: string;
}

/** Holds events against the open waits; answers how many waits they resolved. Repeating it is harmless. */
export async function matchEvents(database: Database, events: readonly EventRef[]): Promise<number> {
  const [row] = await wrapStatement(
    "match_events",
    () => database.sql<{ resolved: number }[]>`
    select durable.match_events(${plainArray(events, (event) => event.workspaceId)}::int[],
      ${plainArray(events, (event) => event.eventId)}::uuid[]) as resolved`,
  );
  return row!.resolved;
}

/** Walks the past for waits that nobody has looked back for; answers how many were resolved. */
export async function lookBack(
  database: Database,
  waits: readonly WaitRef[],
  limit: number,
): Promise<number> {
  const [row] = await wrapStatement(
    "look_back",
    () => database.sql<{ resolved: number }[]>`
    select durable.look_back(${plainArray(waits, (wait) => wait.workspaceId)}::int[],
      ${plainArray(waits, (wait) => wait.runId)}::uuid[],
      ${plainArray(waits, (wait) => stepIdToUuid(wait.stepId))}::uuid[], ${limit}::int) as resolved`,
  );
  return row!.resolved;
}

/** Obligations that an engine left behind: events older than `ageMs` that nobody held against the waits. */
export async function findEventObligations(
  database: Database,
  ageMs: number,
  limit: number,
): Promise<EventRef[]> {
  const rows = await database.sql<{ workspace_id: number; event_id: string }[]>`
    select workspace_id, event_id from durable.event_obligations
    where created_at <= clock_timestamp() - ${ageMs}::float8 * interval '1 millisecond' limit ${limit}`;
  return rows.map((row) => ({ workspaceId: row.workspace_id, eventId: row.event_id }));
}

/** The same for waits. Freshly committed ones are among them; looking back twice is harmless. */
export async function findLookBackObligations(database: Database, limit: number): Promise<WaitRef[]> {
  const rows = await database.sql<{ workspace_id: number; run_id: string; step_id: string }[]>`
    select workspace_id, run_id, step_id from durable.waits where not looked_back limit ${limit}`;
  return rows.map((row) => ({
    workspaceId: row.workspace_id,
    runId: row.run_id,
    stepId: row.step_id.replaceAll("-", ""),
  }));
}
