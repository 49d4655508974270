import type { Database } from "./database.ts";

/** The event's own id by the one that people know it by; null when there is none. */
export async function findEvent({ sql }: Database, workspaceId: number, id: string): Promise<string | null> {
  const [row] = await sql<{ id: string | null }[]>`
    select durable.event_by_id(${workspaceId}::int, ${id}::text) as id`;
  return row!.id;
}
