import type { KeyScope } from "../auth/bearer-key.ts";
import type { Database } from "./database.ts";

export interface KeyListed {
  readonly id: number;
  readonly scope: KeyScope;
  readonly prefix: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
}

export interface KeyFound {
  readonly id: number;
  readonly workspaceId: number;
  readonly app: string;
  readonly environment: string;
  readonly scope: KeyScope;
  /** Since its use was last noted; null: never. */
  readonly usedMsAgo: number | null;
}

/** Its use is noted again after this. */
export const USED_MS = 60_000;

/** Whose key this is; null for one that is unknown, revoked or over. The hash is the lookup: nothing is compared byte by byte. */
export async function findKey({ sql }: Database, sha256: Uint8Array): Promise<KeyFound | null> {
  const [row] = await sql<KeyFound[]>`
    select k.id, k.workspace_id as "workspaceId", w.app, w.environment, k.scope,
      extract(epoch from clock_timestamp() - k.last_used_at)::float8 * 1000 as "usedMsAgo"
    from durable.keys k join durable.workspaces w on w.id = k.workspace_id
    where k.sha256 = ${sha256} and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > clock_timestamp())`;
  return row ?? null;
}

export async function noteKeyUsed({ sql }: Database, { workspaceId, id }: KeyFound): Promise<void> {
  await sql`
    update durable.keys set last_used_at = clock_timestamp()
    where workspace_id = ${workspaceId} and id = ${id}
      and (last_used_at is null or last_used_at < clock_timestamp() - make_interval(secs => ${USED_MS / 1_000}::float8))`;
}

export interface KeyToStore {
  readonly sha256: Uint8Array;
  readonly prefix: string;
  readonly scope: KeyScope;
  /** Null: until it is revoked. */
  readonly expiresInS: number | null;
}

export async function insertKey(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  { sha256, prefix, scope, expiresInS }: KeyToStore,
): Promise<KeyListed> {
  const [row] = await sql<KeyListed[]>`
    with made as (
      insert into durable.keys (workspace_id, sha256, prefix, scope, expires_at)
      values (${workspaceId}, ${sha256}, ${prefix}, ${scope},
        clock_timestamp() + make_interval(secs => ${expiresInS}::float8))
      returning *
    ), noted as (
      insert into durable.audit (workspace_id, actor, action, target, detail)
      select ${workspaceId}::int, ${actor}::text, 'key.create', id::text, scope from made
    )
    select ${shown(sql)} from made`;
  return row!;
}

/** @param before Only those with smaller ids; null: the newest. */
export async function listKeys(
  { sql }: Database,
  workspaceId: number,
  { before, limit }: { readonly before: number | null; readonly limit: number },
): Promise<KeyListed[]> {
  return await sql<KeyListed[]>`
    select ${shown(sql)} from durable.keys
    where workspace_id = ${workspaceId} and (${before}::int is null or id < ${before}::int)
    order by id desc limit ${limit}`;
}

/** False for an id that is not of this workspace. Revoking twice is revoking once. */
export async function revokeKey(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  id: number,
): Promise<boolean> {
  const rows = await sql`
    with revoked as (
      update durable.keys set revoked_at = clock_timestamp()
      where workspace_id = ${workspaceId} and id = ${id} and revoked_at is null
      returning id
    ), noted as (
      insert into durable.audit (workspace_id, actor, action, target)
      select ${workspaceId}::int, ${actor}::text, 'key.revoke', id::text from revoked
    )
    select 1 from durable.keys where workspace_id = ${workspaceId} and id = ${id}`;
  return rows.length > 0;
}

function shown(sql: Database["sql"]) {
  return sql`id, scope, prefix, durable.rfc3339(created_at) as created_at, durable.rfc3339(expires_at) as expires_at,
    durable.rfc3339(last_used_at) as last_used_at, durable.rfc3339(revoked_at) as revoked_at`;
}
