import type { ErasureStatus } from "../domain/erasure.ts";
import type { Database } from "./database.ts";
import type { Owner } from "./export.ts";
import { wrapStatement } from "./fault-database.ts";

export interface NewErasure {
  readonly workspaceId: number;
  readonly id: string;
  readonly owner: Owner;
  /** Runs that live are cancelled, and undo what they have to undo. */
  readonly cancels: boolean;
  readonly isPreview: boolean;
  readonly actor: string;
  readonly reason: string | null;
}

export async function beginErasure({ sql }: Database, erasure: NewErasure): Promise<void> {
  const { workspaceId, id, owner, cancels, isPreview, actor, reason } = erasure;
  await sql`select durable.begin_erasure(${workspaceId}::int, ${id}::uuid, ${owner.path as string[]}::text[], ${owner.value}::text,
    ${cancels}::boolean, ${isPreview}::boolean, ${actor}::text, ${reason}::text)`;
}

/** What it is now: `aborted` when it was in time. Null for an id that is none here. */
export async function abortErasure(
  { sql }: Database,
  {
    workspaceId,
    id,
    actor,
    reason,
  }: {
    readonly workspaceId: number;
    readonly id: string;
    readonly actor: string;
    readonly reason: string | null;
  },
): Promise<ErasureStatus | null> {
  const [row] = await sql<{ status: ErasureStatus | null }[]>`
    select durable.abort_erasure(${workspaceId}::int, ${id}::uuid, ${actor}::text, ${reason}::text) as status`;
  return row!.status;
}

/** A piece of any erasure. False: nothing can be done now. */
export async function erasePiece({ sql }: Database, limit: number): Promise<boolean> {
  const [row] = await wrapStatement(
    "erase_piece",
    () => sql<{ worked: boolean }[]>`select durable.erase_piece(${limit}::int) as worked`,
  );
  return row!.worked;
}

export interface ErasureStored {
  readonly id: string;
  readonly status: ErasureStatus;
  readonly path: string;
  readonly preview: boolean;
  readonly cancels: boolean;
  readonly found_runs: number;
  readonly found_live: number;
  readonly found_events: number;
  readonly runs: number;
  readonly events: number;
  readonly by: string;
  readonly reason: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** The newest first; or one of them. */
export async function listErasures(
  { sql }: Database,
  workspaceId: number,
  { id, limit }: { readonly id: string | null; readonly limit: number },
): Promise<ErasureStored[]> {
  return sql<ErasureStored[]>`
    select e.id, case when e.status in ('runs', 'events') then 'finding' else e.status end as status,
      array_to_string(e.path, '.') as path, e.preview, e.cancels, e.found_runs::float8, e.found_live::float8, e.found_events::float8,
      e.runs::float8, e.events::float8, e.actor as by, e.reason,
      durable.rfc3339(e.created_at) as created_at, durable.rfc3339(e.ended_at) as ended_at
    from durable.erasures e
    where e.workspace_id = ${workspaceId} ${id === null ? sql`` : sql`and e.id = ${id}::uuid`}
    order by e.id desc limit ${limit}`;
}
