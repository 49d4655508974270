import type { Database } from "./database.ts";

export interface EventKeyListed {
  readonly id: number;
  readonly prefix: string;
  readonly created_at: string;
  readonly revoked_at: string | null;
}

export interface EventKeyFound {
  readonly id: number;
  readonly workspaceId: number;
  readonly app: string;
  readonly environment: string;
}

/** Whose key this is, or null for an unknown or revoked one. The hash is the lookup: nothing is compared byte by byte. */
export async function findEventKey({ sql }: Database, sha256: Uint8Array): Promise<EventKeyFound | null> {
  const [row] = await sql<{ id: number; workspace_id: number; app: string; environment: string }[]>`
    select k.id, k.workspace_id, w.app, w.environment
    from durable.event_keys k join durable.workspaces w on w.id = k.workspace_id
    where k.sha256 = ${sha256} and k.revoked_at is null`;
  if (row === undefined) return null;
  return { id: row.id, workspaceId: row.workspace_id, app: row.app, environment: row.environment };
}

export async function insertEventKey(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  key: { readonly sha256: Uint8Array; readonly prefix: string },
): Promise<EventKeyListed> {
  const [row] = await sql<EventKeyListed[]>`
    with made as (
      insert into durable.event_keys (workspace_id, sha256, prefix) values (${workspaceId}, ${key.sha256}, ${key.prefix})
      returning id, prefix, created_at
    ), noted as (
      insert into durable.audit (workspace_id, actor, action, target)
      select ${workspaceId}::int, ${actor}::text, 'event-key.create', id::text from made
    )
    select id, prefix, durable.rfc3339(created_at) as created_at, null as revoked_at from made`;
  return row!;
}

export async function listEventKeys({ sql }: Database, workspaceId: number): Promise<EventKeyListed[]> {
  return await sql<EventKeyListed[]>`
    select id, prefix, durable.rfc3339(created_at) as created_at, durable.rfc3339(revoked_at) as revoked_at
    from durable.event_keys where workspace_id = ${workspaceId} order by id desc`;
}

/** False for an id that is not of this workspace. Revoking twice is revoking once. */
export async function revokeEventKey(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  id: number,
): Promise<boolean> {
  const rows = await sql`
    with revoked as (
      update durable.event_keys set revoked_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null
      returning id
    ), noted as (
      insert into durable.audit (workspace_id, actor, action, target)
      select ${workspaceId}::int, ${actor}::text, 'event-key.revoke', id::text from revoked
    )
    select 1 from durable.event_keys where workspace_id = ${workspaceId} and id = ${id}`;
  return rows.length > 0;
}
