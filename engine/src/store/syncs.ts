import type { Database } from "./database.ts";

export const SYNC_OUTCOMES = ["applied", "failed"] as const;
export type SyncOutcome = (typeof SYNC_OUTCOMES)[number];
export const KEPT_CHANGES = ["added", "changed", "removed"] as const;

export interface FailedSync {
  readonly actor: string;
  /** Null: it was none that can be shown. */
  readonly url: string | null;
  readonly code: string;
  readonly detail: string;
}

/** The same again is counted, and not kept anew. */
export async function noteFailedSync(
  { sql }: Database,
  workspaceId: number,
  { actor, url, code, detail }: FailedSync,
): Promise<void> {
  await sql`
    select durable.note_failed_sync(${workspaceId}::int, ${actor}::text, ${url}::text, ${code}::text, ${detail}::text)`;
}

/** What a sync did to a function. */
export interface SyncedFunction {
  readonly id: string;
  readonly change: (typeof KEPT_CHANGES)[number];
  /** Its version before; null for one that was not there. */
  readonly from: number | null;
  /** Its version since; null for one that is gone. */
  readonly to: number | null;
}

export interface SyncStored {
  readonly id: string;
  readonly outcome: SyncOutcome;
  /** Who asked last. */
  readonly actor: string;
  readonly url: string | null;
  readonly sdk: string | null;
  readonly deployment: string | null;
  readonly functions: readonly SyncedFunction[];
  readonly code: string | null;
  readonly detail: string | null;
  readonly count: number;
  readonly at: string;
  readonly seen_at: string;
  readonly resolved_at: string | null;
}

export interface SyncPage {
  readonly outcome: SyncOutcome | null;
  /** Only this one. */
  readonly id: number | null;
  /** Only those before it; null: the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** The newest first: the order of the primary key, backwards. */
export async function listSyncs(
  { sql }: Database,
  workspaceId: number,
  { outcome, id, before, limit }: SyncPage,
): Promise<SyncStored[]> {
  const rows = await sql<(Omit<SyncStored, "functions"> & { functions: string })[]>`
    select s.id::text, s.outcome, s.actor, s.url, s.sdk, s.deployment, s.functions, s.code, s.detail, s.count,
      durable.rfc3339(s.at) as at, durable.rfc3339(s.seen_at) as seen_at, durable.rfc3339(s.resolved_at) as resolved_at
    from durable.syncs s where s.workspace_id = ${workspaceId}
      ${outcome === null ? sql`` : sql`and s.outcome = ${outcome}`}
      ${id === null ? sql`` : sql`and s.id = ${id}`}
      ${before === null ? sql`` : sql`and s.id < ${before}`}
    order by s.id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, functions: JSON.parse(row.functions) as SyncedFunction[] }));
}

/** What an app declared of a function, at two times; JSON text. */
export interface ManifestsOf {
  readonly old: string | null;
  readonly new: string | null;
}

/** In the order of the functions. */
export async function loadManifests(
  { sql }: Database,
  workspaceId: number,
  functions: readonly SyncedFunction[],
): Promise<ManifestsOf[]> {
  return await sql<ManifestsOf[]>`
    select o.manifest as old, n.manifest as new
    from unnest(${functions.map(({ id }) => id)}::text[], ${functions.map(({ from }) => from ?? 0)}::int[],
      ${functions.map(({ to }) => to ?? 0)}::int[]) with ordinality as q(id, version, next, no)
    left join durable.function_versions o on o.workspace_id = ${workspaceId} and o.function_id = q.id and o.version = q.version
    left join durable.function_versions n on n.workspace_id = ${workspaceId} and n.function_id = q.id and n.version = q.next
    order by q.no`;
}
