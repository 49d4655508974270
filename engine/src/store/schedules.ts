import type { Schedule, ScheduleRules } from "../domain/schedule.ts";
import type { Database } from "./database.ts";

/** A schedule as people see it. */
export interface ScheduleStored extends Schedule {
  readonly isDeclared: boolean;
  readonly revision: number;
  /** Ticks after this are to come; when it stands still, none is. */
  readonly handledToMs: number;
  /** `removed`: code no longer declares it. `unserved`: made by hand, and its function is gone. */
  readonly state: "active" | "paused" | "removed" | "unserved";
  readonly pausedAt: string | null;
  readonly lastTickAt: string | null;
  readonly lastRunId: string | null;
  readonly createdAt: string;
  /** By the clock of the database, as all times of a schedule. */
  readonly nowMs: number;
}

export interface ScheduleFilter {
  readonly id: string | null;
  readonly functionId: string | null;
  /** The last schedule of the page before. */
  readonly after: string | null;
  readonly limit: number;
}

/** In the order of their ids. */
export async function listSchedules(
  { sql }: Database,
  workspaceId: number,
  { id, functionId, after, limit }: ScheduleFilter,
): Promise<ScheduleStored[]> {
  return await sql<ScheduleStored[]>`
    select s.workspace_id as "workspaceId", s.id, s.function_id as "functionId", s.cron, s.tz, s.jitter_ms as "jitterMs",
      s.catch_up as "catchUp", s.overlap, s.data, s.condition, s.is_declared as "isDeclared", s.revision,
      case when s.removed_at is not null then 'removed' when s.paused_at is not null then 'paused'
        when s.next_at is null then 'unserved' else 'active' end as state,
      extract(epoch from s.handled_to)::float8 * 1000 as "handledToMs", durable.rfc3339(s.paused_at) as "pausedAt",
      durable.rfc3339(s.last_tick_at) as "lastTickAt", s.last_run_id as "lastRunId", durable.rfc3339(s.created_at) as "createdAt",
      floor(extract(epoch from durable.durable_now())::float8 * 1000) as "nowMs"
    from durable.schedules s
    where s.workspace_id = ${workspaceId} ${id === null ? sql`` : sql`and s.id = ${id}`}
      ${functionId === null ? sql`` : sql`and s.function_id = ${functionId}`}
      ${after === null ? sql`` : sql`and s.id > ${after}`}
    order by s.id limit ${limit}`;
}

/** Null: there is none. */
export async function findSchedule(
  database: Database,
  workspaceId: number,
  id: string,
): Promise<ScheduleStored | null> {
  const [schedule] = await listSchedules(database, workspaceId, {
    id,
    functionId: null,
    after: null,
    limit: 1,
  });
  return schedule ?? null;
}

/** @returns `same`: it was made before, just so. `taken`: there is another under this id. */
export async function createSchedule(
  { sql }: Database,
  actor: string,
  { workspaceId, id, functionId, ...rules }: Schedule,
): Promise<"created" | "same" | "taken" | "unserved"> {
  const [row] = await sql<{ state: "created" | "same" | "taken" | "unserved" }[]>`
    select durable.create_schedule(${workspaceId}::int, ${actor}::text, ${id}::text, ${functionId}::text,
      ${rules.cron}::text, ${rules.tz}::text, ${rules.jitterMs}::float8, ${rules.catchUp}::text, ${rules.overlap}::text,
      ${rules.data}::text, ${rules.condition}::text) as state`;
  return row!.state;
}

/** @returns `stale`: it has changed since it was read. Null: there is none. */
export async function changeSchedule(
  { sql }: Database,
  actor: string,
  { workspaceId, id, revision }: Pick<ScheduleStored, "workspaceId" | "id" | "revision">,
  rules: ScheduleRules,
): Promise<"changed" | "declared" | "stale" | null> {
  const [row] = await sql<{ state: "changed" | "declared" | "stale" | null }[]>`
    select durable.change_schedule(${workspaceId}::int, ${actor}::text, ${id}::text, ${revision}::int,
      ${rules.cron}::text, ${rules.tz}::text, ${rules.jitterMs}::float8, ${rules.catchUp}::text, ${rules.overlap}::text,
      ${rules.data}::text, ${rules.condition}::text) as state`;
  return row!.state;
}

/** @returns False: there is none. Pausing twice is pausing once. */
export async function pauseSchedule(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  {
    id,
    isPaused,
    reason,
  }: { readonly id: string; readonly isPaused: boolean; readonly reason: string | null },
): Promise<boolean> {
  const [row] = await sql<{ done: boolean }[]>`
    select durable.pause_schedule(${workspaceId}::int, ${actor}::text, ${id}::text, ${isPaused}::boolean, ${reason}::text) as done`;
  return row!.done;
}

/** @returns Null: there is none. */
export async function deleteSchedule(
  { sql }: Database,
  workspaceId: number,
  actor: string,
  id: string,
): Promise<"deleted" | "declared" | null> {
  const [row] = await sql<{ state: "deleted" | "declared" | null }[]>`
    select durable.delete_schedule(${workspaceId}::int, ${actor}::text, ${id}::text) as state`;
  return row!.state;
}
