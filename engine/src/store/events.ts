import type { Database } from "./database.ts";

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
      durable.rfc3339(e.time) as time, durable.rfc3339(e.received_at) as received_at
    from durable.events e
    where e.workspace_id = ${workspaceId} and e.id = durable.event_by_id(${workspaceId}::int, ${id}::text)`;
  return row ?? null;
}
