import type { Database } from "./database.ts";
import type { EventSeen } from "./event-rows.ts";

/** Columns of an event as `e`, where it is the cause of something else. */
export interface CauseRow {
  readonly event_id: string;
  readonly client_id: string | null;
  readonly name: string;
  readonly data: string;
  readonly ms: number;
}

export function causeColumns({ sql }: Database) {
  return sql`e.id as event_id, e.client_id, e.name, e.data, extract(epoch from e.time)::float8 * 1000 as ms`;
}

export function causeOf({ event_id: id, client_id: clientId, name, data, ms: timeMs }: CauseRow): EventSeen {
  return { id, clientId, name, data, timeMs };
}

/** The event's own id by the one that people know it by; null when there is none. */
export async function findEvent({ sql }: Database, workspaceId: number, id: string): Promise<string | null> {
  const [row] = await sql<{ id: string | null }[]>`
    select durable.event_by_id(${workspaceId}::int, ${id}::text) as id`;
  return row!.id;
}

/** What the event of this id, as its sender gave it, carries: JSON text as received. Null when there is none. */
export async function findEventData(
  { sql }: Database,
  workspaceId: number,
  clientId: string,
): Promise<string | null> {
  const [row] = await sql<{ data: string }[]>`
    select e.data from durable.event_ids k join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
    where k.workspace_id = ${workspaceId} and k.client_id = ${clientId}`;
  return row?.data ?? null;
}

export interface EventStored {
  /** As people know it. */
  readonly id: string;
  readonly own_id: string;
  readonly name: string;
  /** JSON text, as received. */
  readonly data: string;
  readonly time: string;
  readonly received_at: string;
}

/** By the id that people know it by; null when there is none. */
export async function loadEvent(
  { sql }: Database,
  workspaceId: number,
  id: string,
): Promise<EventStored | null> {
  const [row] = await sql<EventStored[]>`
    select coalesce(e.client_id, e.id::text) as id, e.id as own_id, e.name, e.data,
      durable.rfc3339(e.time) as time, durable.rfc3339(durable.made_at(e)) as received_at
    from durable.events e
    where e.workspace_id = ${workspaceId} and e.id = durable.event_by_id(${workspaceId}::int, ${id}::text)`;
  return row ?? null;
}
