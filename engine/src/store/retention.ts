import type { Database } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

/** False: there are enough ahead, or another engine is making one. */
export async function makePartition({ sql }: Database): Promise<boolean> {
  const [row] = await wrapStatement(
    "make_partition",
    () => sql<{ made: boolean }[]>`select durable.make_partition() as made`,
  );
  return row!.made;
}

/** `crowded`: too much of it stays. `again`: a run came into it meanwhile. */
export type Dropped = "dropped" | "crowded" | "again";

/** The oldest partition. Null: none is old enough, or another engine is at it. */
export async function dropPartition({ sql }: Database, rowsMax: number): Promise<Dropped | null> {
  const [row] = await wrapStatement(
    "drop_partition",
    () => sql<{ state: Dropped | null }[]>`select durable.drop_partition(${rowsMax}::int) as state`,
  );
  return row!.state;
}

/** What other tables have of dropped partitions: so many rows were deleted. Null: nothing is left. */
export async function sweepDropped({ sql }: Database, limit: number): Promise<number | null> {
  const [row] = await wrapStatement(
    "sweep_dropped",
    () => sql<{ gone: number | null }[]>`select durable.sweep_dropped(${limit}::int) as gone`,
  );
  return row!.gone;
}

/** A piece of the walk over a workspace: so many runs and events were looked at. Null: all were walked, or another engine is at it. */
export async function sweepWorkspace({ sql }: Database, limit: number): Promise<number | null> {
  const [row] = await wrapStatement(
    "sweep_workspace",
    () => sql<{ seen: number | null }[]>`select durable.sweep_workspace(${limit}::int) as seen`,
  );
  return row!.seen;
}

/** How many days it was before. */
export async function setRetention(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  days: number,
  reason: string | null,
): Promise<number> {
  const [row] = await sql<{ before: number }[]>`
    select durable.set_retention(${workspaceId}::int, ${actor}::text, ${days}::int, ${reason}::text) as before`;
  return row!.before;
}

export interface RetentionShown {
  readonly days: number;
  /** Deleted one by one, since the workspace was made. */
  readonly runs_deleted: number;
  readonly events_deleted: number;
  /** When all of it was looked through last. */
  readonly walked_at: string | null;
}

export async function showRetention({ sql }: Database, workspaceId: number): Promise<RetentionShown> {
  const [row] = await sql<RetentionShown[]>`
    select w.retention_days as days, coalesce(k.runs, 0)::float8 as runs_deleted, coalesce(k.events, 0)::float8 as events_deleted,
      durable.rfc3339(k.walked_at) as walked_at
    from durable.workspaces w left join durable.retention_walks k on k.workspace_id = w.id
    where w.id = ${workspaceId}`;
  return row!;
}

export interface PartitionShown {
  readonly from: string;
  readonly to: string;
  readonly state: "open" | "crowded" | "dropped" | "swept";
  readonly dropped_at: string | null;
}

/** Of all workspaces, the newest first. Nothing is said of how much is in them: that would be others' too. */
export async function listPartitions({ sql }: Database, limit: number): Promise<PartitionShown[]> {
  return await sql<PartitionShown[]>`
    select durable.rfc3339(p.from_at) as "from", durable.rfc3339(p.to_at) as "to", p.state, durable.rfc3339(p.dropped_at) as dropped_at
    from durable.partitions p where p.state <> 'none' order by p.no desc limit ${limit}`;
}
