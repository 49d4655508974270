import type { Database } from "./database.ts";
import type { EventRows } from "./event-rows.ts";
import { wrapStatement } from "./fault-database.ts";

/** new | duplicate of an earlier one | conflict: same id, other body | refused: not stored because another
 * event of its request is in conflict | stale: functions changed since they were matched. */
export type EventState = "new" | "duplicate" | "conflict" | "refused" | "stale";

export interface AcceptedEvent {
  readonly state: EventState;
  /** Somebody may wait for it: it must be held against the open waits. */
  readonly owesMatch: boolean;
}

/** Events, the runs they start and their jobs in one commit. One answer per event, in order. */
export async function insertEvents(
  database: Database,
  engineId: number,
  rows: EventRows,
): Promise<AcceptedEvent[]> {
  const e = rows.columns();
  const states = await wrapStatement(
    "accept_events",
    () => database.sql<{ state: EventState; owes_match: boolean }[]>`
    select state, owes_match from durable.accept_events(${engineId}::int, '{}'::int[],
      ${e.registryWorkspace}::int[], ${e.registryVersion}::int[],
      ${e.request}::int[], ${e.workspace}::int[], ${e.id}::uuid[], ${e.clientId}::text[], ${e.bodyHash}::uuid[],
      ${e.name}::text[], ${e.data}::text[], ${e.time}::float8[],
      ${e.runEvent}::int[], ${e.runFunction}::text[], ${e.runVersion}::int[], ${e.runId}::uuid[], ${e.runFence}::uuid[])`,
  );
  return states.map((row) => ({ state: row.state, owesMatch: row.owes_match }));
}

/**
 * After an unknown outcome: what became of these events? Null when the call never committed, so that it may be
 * repeated. (Every call that commits leaves at least one of: the event, or an older event under the same id.)
 */
export async function findAcceptedStates(
  database: Database,
  rows: EventRows,
): Promise<AcceptedEvent[] | null> {
  const e = rows.columns();
  const found = await database.sql<{ stored: boolean; known: boolean; same: boolean }[]>`
    select ev.id is not null as stored, k.event_id is not null as known, coalesce(k.body_hash = q.body_hash, false) as same
    from unnest(${e.workspace}::int[], ${e.id}::uuid[], ${e.clientId}::text[], ${e.bodyHash}::uuid[]) with ordinality
      as q(workspace, id, client_id, body_hash, no)
    left join durable.events ev on ev.workspace_id = q.workspace and ev.id = q.id
    left join durable.event_ids k on k.workspace_id = q.workspace and k.client_id = q.client_id
    order by q.no`;
  if (!found.some((row) => row.stored)) return null;
  return found.map((row) => ({
    state: row.stored ? "new" : !row.known ? "refused" : row.same ? "duplicate" : "conflict",
    owesMatch: row.stored,
  }));
}
