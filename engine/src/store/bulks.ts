import type { BulkAction, BulkItemStatus, BulkStatus } from "../domain/bulk.ts";
import type { RunStatus } from "../domain/run-status.ts";
import type { Database } from "./database.ts";
import type { RunFilter } from "./run-filter.ts";
import { runsMet } from "./run-walk.ts";

export interface NewBulk {
  readonly workspaceId: number;
  readonly id: string;
  readonly action: BulkAction;
  readonly filter: RunFilter;
  /** The filter as it was asked for; JSON text. */
  readonly asked: string;
  readonly canary: number;
  readonly actor: string;
  readonly reason: string | null;
}

/** How many runs the filter meets, counted up to `max`, and the newest of them. */
export async function countRuns(
  database: Database,
  workspaceId: number,
  filter: RunFilter,
  max: number,
): Promise<{ readonly count: number; readonly newest: readonly string[] }> {
  const { from, where } = runsMet(database, workspaceId, filter);
  const [row] = await database.sql<{ count: number; newest: string[] }[]>`
    with met as materialized (select r.id from ${from} where ${where} order by r.id desc limit ${max})
    select count(*)::int as count, coalesce((array_agg(m.id order by m.id desc))[1:10], '{}') as newest from met m`;
  return row!;
}

/** With an item for each run that the filter meets at this moment. One with none is over at once. */
export async function createBulk(database: Database, bulk: NewBulk): Promise<void> {
  const { sql } = database;
  const { workspaceId, id, action, filter, asked, canary, actor, reason } = bulk;
  const { from, where } = runsMet(database, workspaceId, filter);
  await sql`
    with item as (
      insert into durable.bulk_items (workspace_id, bulk_id, no, run_id)
        select ${workspaceId}::int, ${id}::uuid, row_number() over (order by r.id desc), r.id from ${from} where ${where}
        returning 1
    ), audit as (
      insert into durable.audit (workspace_id, actor, action, target, detail)
        values (${workspaceId}::int, ${actor}::text, ${`bulk.${action}`}::text, ${id}::text,
          json_strip_nulls(json_build_object('filter', ${asked}::text::json, 'canary', ${canary}::int, 'reason', ${reason}::text))::text)
    ), count as (select count(*)::int as items from item)
    insert into durable.bulks (workspace_id, id, action, filter, canary, status, items, actor, reason, created_at, ended_at)
      select ${workspaceId}::int, ${id}::uuid, ${action}::text, ${asked}::text, ${canary}::int,
        case when c.items = 0 then 'completed' when ${canary}::int = 0 then 'running' else 'canary' end, c.items,
        ${actor}::text, ${reason}::text, durable.durable_now(), case when c.items = 0 then durable.durable_now() end
      from count c`;
}

export interface BulkStored {
  readonly id: string;
  readonly action: BulkAction;
  /** JSON text. */
  readonly filter: string;
  readonly status: BulkStatus;
  readonly canary: number;
  readonly items: number;
  readonly done: number;
  readonly refused: number;
  readonly by: string;
  readonly reason: string | null;
  readonly created_at: string;
  readonly ended_at: string | null;
}

/** The newest first; or one of them. */
export async function listBulks(
  { sql }: Database,
  workspaceId: number,
  { id, limit }: { readonly id: string | null; readonly limit: number },
): Promise<BulkStored[]> {
  return sql<BulkStored[]>`
    select b.id, b.action, b.filter, b.status, b.canary, b.items, c.done, c.refused, b.actor as by, b.reason,
      durable.rfc3339(b.created_at) as created_at, durable.rfc3339(b.ended_at) as ended_at
    from durable.bulks b
    cross join lateral (
      select count(*) filter (where i.status = 'done')::int as done, count(*) filter (where i.status = 'refused')::int as refused
      from durable.bulk_items i where i.workspace_id = b.workspace_id and i.bulk_id = b.id) as c
    where b.workspace_id = ${workspaceId} ${id === null ? sql`` : sql`and b.id = ${id}::uuid`}
    order by b.id desc limit ${limit}`;
}

export interface BulkItemStored {
  readonly no: number;
  readonly run: string;
  readonly status: BulkItemStatus;
  readonly detail: string | null;
  /** The run that was made of it, and where that is now. */
  readonly new_run: string | null;
  readonly new_status: RunStatus | null;
  readonly at: string | null;
}

/** In their order, after the one given. */
export async function listBulkItems(
  { sql }: Database,
  workspaceId: number,
  bulkId: string,
  filter: { readonly status: BulkItemStatus | null; readonly after: number; readonly limit: number },
): Promise<BulkItemStored[]> {
  const { status, after, limit } = filter;
  return sql<BulkItemStored[]>`
    select i.no, i.run_id as run, i.status, i.detail, i.new_run_id as new_run, durable.rfc3339(i.at) as at,
      coalesce(n.status, durable.shown_status(l)) as new_status
    from durable.bulk_items i
    left join durable.runs n on n.workspace_id = i.workspace_id and n.id = i.new_run_id
    left join durable.live_runs l on l.workspace_id = i.workspace_id and l.run_id = i.new_run_id
    where i.workspace_id = ${workspaceId} and i.bulk_id = ${bulkId}::uuid and i.no > ${after}
      ${status === null ? sql`` : sql`and i.status = ${status}`}
    order by i.no limit ${limit}`;
}

/** Whether it was done, and where the bulk is; null for an id that is not in this workspace. */
export async function steerBulk(
  { sql }: Database,
  workspaceId: number,
  bulkId: string,
  { actor, act, reason }: { readonly actor: string; readonly act: string; readonly reason: string | null },
): Promise<{ readonly isDone: boolean; readonly status: BulkStatus | null }> {
  const [row] = await sql<{ o_done: boolean; o_status: BulkStatus | null }[]>`
    select * from durable.steer_bulk(${workspaceId}::int, ${bulkId}::uuid, ${actor}::text, ${act}::text, ${reason}::text)`;
  return { isDone: row!.o_done, status: row!.o_status };
}

/** Names one item. */
export interface BulkItemRef {
  readonly workspaceId: number;
  readonly bulkId: string;
  readonly no: number;
}

/** An item that this engine works on for a while. */
export interface BulkItemTaken extends BulkItemRef {
  readonly runId: string;
  readonly action: BulkAction;
  readonly actor: string;
  readonly reason: string | null;
}

export async function takeBulkItems({ sql }: Database, limit: number): Promise<BulkItemTaken[]> {
  return await sql<BulkItemTaken[]>`
    select workspace_id as "workspaceId", bulk_id as "bulkId", no, run_id as "runId", action, actor, reason
    from durable.take_bulk_items(${limit}::int)`;
}

/** Cancels, pauses or resumes its run, unless somebody has. */
export async function actOnBulkItem(
  { sql }: Database,
  { workspaceId, bulkId, no, actor, reason }: BulkItemTaken,
  pauseReason: string,
): Promise<void> {
  await sql`select durable.act_on_bulk_item(${workspaceId}::int, ${bulkId}::uuid, ${no}::int, ${actor}::text, ${reason}::text,
    ${pauseReason}::text)`;
}

export async function refuseBulkItem(
  { sql }: Database,
  { workspaceId, bulkId, no }: BulkItemRef,
  detail: string,
): Promise<void> {
  await sql`select durable.refuse_bulk_item(${workspaceId}::int, ${bulkId}::uuid, ${no}::int, ${detail}::text)`;
}
