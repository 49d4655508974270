import type { Database } from "./database.ts";

export interface Deed {
  readonly actor: string;
  readonly action: string;
  /** Of what it was done to: a run's id, a function's, a key's. */
  readonly target: string;
  readonly detail: string | null;
}

/**
 * For what no stored function does, and therefore none audits: written before it is done, so that nothing happens without
 * its row. A row may stand for what then did not happen.
 */
export async function noteAction({ sql }: Database, workspaceId: number, deed: Deed): Promise<void> {
  await sql`
    insert into durable.audit (workspace_id, actor, action, target, detail)
    values (${workspaceId}, ${deed.actor}, ${deed.action}, ${deed.target}, ${deed.detail})`;
}

export interface DeedListed extends Deed {
  readonly id: string;
  readonly at: string;
}

export interface AuditFilter {
  readonly actor: string | null;
  readonly action: string | null;
  readonly target: string | null;
  readonly from: string | null;
  readonly to: string | null;
  /** Only those with smaller ids; null: the newest. */
  readonly before: string | null;
  readonly limit: number;
}

/** Newest first, along the primary key or the index by target. */
export async function listDeeds(
  { sql }: Database,
  workspaceId: number,
  { actor, action, target, from, to, before, limit }: AuditFilter,
): Promise<DeedListed[]> {
  return await sql<DeedListed[]>`
    select a.id::text, durable.rfc3339(a.at) as at, a.actor, a.action, a.target, a.detail from durable.audit a
    where a.workspace_id = ${workspaceId}
      and (${before}::bigint is null or a.id < ${before}::bigint)
      and (${actor}::text is null or a.actor = ${actor}::text)
      and (${action}::text is null or a.action = ${action}::text)
      and (${target}::text is null or a.target = ${target}::text)
      and (${from}::timestamptz is null or a.at >= ${from}::timestamptz)
      and (${to}::timestamptz is null or a.at < ${to}::timestamptz)
    order by a.id desc limit ${limit}`;
}
