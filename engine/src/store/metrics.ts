import type { Database, Sql } from "./database.ts";
import { wrapStatement } from "./fault-database.ts";

export interface MetricRange {
  readonly fromMs: number;
  /** Not included. */
  readonly toMs: number;
  readonly stepMs: number;
  readonly functionId: string | null;
}

export interface MetricCounts {
  readonly at: number;
  readonly function: string;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly failed_attempts: number;
}

export interface PhaseBucket {
  readonly at: number;
  readonly function: string;
  readonly phase: string;
  readonly bucket: number;
  readonly count: number;
}

export interface Backlog {
  readonly at: number;
  readonly queued: number;
  readonly parked: number;
  readonly running: number;
  readonly waiting: number;
  readonly paused: number;
  readonly oldest_queued_ms: number | null;
  readonly circuit: string;
}

/** Null: another process is doing it. */
export async function rollUp(database: Database, keepDays: number): Promise<number | null> {
  const [row] = await wrapStatement(
    "roll_up",
    () => database.sql<{ read: number | null }[]>`select durable.roll_up(${keepDays}::int) as read`,
  );
  return row!.read;
}

// Conditions and columns of a table of minutes, as `m`.

function stepOf(sql: Sql, { stepMs }: MetricRange) {
  return sql`floor(extract(epoch from m.minute)::float8 * 1000 / ${stepMs}::float8) * ${stepMs}::float8`;
}

function within(sql: Sql, workspaceId: number, { fromMs, toMs }: MetricRange) {
  return sql`m.workspace_id = ${workspaceId}
    and m.minute >= to_timestamp(${fromMs / 1_000}::float8) and m.minute < to_timestamp(${toMs / 1_000}::float8)`;
}

function ofFunction(sql: Sql, { functionId }: MetricRange) {
  return functionId === null ? sql`` : sql`and m.function_id = ${functionId}`;
}

/** By step and function. Times in milliseconds: the beginning of the step. */
export async function loadCounts(
  { sql }: Database,
  workspaceId: number,
  range: MetricRange,
): Promise<MetricCounts[]> {
  return await sql<MetricCounts[]>`
    select ${stepOf(sql, range)} as at, m.function_id as function,
      sum(m.started)::float8 as started, sum(m.completed)::float8 as completed, sum(m.failed)::float8 as failed, sum(m.cancelled)::float8 as cancelled,
      sum(m.failed_attempts)::float8 as failed_attempts
    from durable.metric_minutes m
    where ${within(sql, workspaceId, range)}
      ${ofFunction(sql, range)}
    group by 1, 2 order by 1, 2`;
}

export async function loadPhases(
  { sql }: Database,
  workspaceId: number,
  range: MetricRange,
): Promise<PhaseBucket[]> {
  return await sql<PhaseBucket[]>`
    select ${stepOf(sql, range)} as at, m.function_id as function,
      m.phase, m.bucket, sum(m.count)::float8 as count
    from durable.metric_phases m
    where ${within(sql, workspaceId, range)}
      ${ofFunction(sql, range)}
    group by 1, 2, 3, 4`;
}

/** Of each step the last minute's: nothing is made up between. */
export async function loadBacklogs(
  { sql }: Database,
  workspaceId: number,
  range: MetricRange,
): Promise<Backlog[]> {
  return await sql<Backlog[]>`
    select distinct on (1) ${stepOf(sql, range)} as at,
      m.queued, m.parked, m.running, m.waiting, m.paused, m.oldest_queued_ms, m.circuit
    from durable.metric_backlogs m
    where ${within(sql, workspaceId, range)}
    order by 1, m.minute desc`;
}

export interface FunctionBacklog {
  readonly function: string;
  readonly queued: number;
  readonly running: number;
  readonly oldest_queued_ms: number | null;
}

/** As counted last: the longest queue first. */
export async function loadFunctionBacklogs(
  { sql }: Database,
  workspaceId: number,
  functionId: string | null,
): Promise<FunctionBacklog[]> {
  return await sql<FunctionBacklog[]>`
    select f.function_id as function, f.queued, f.running, f.oldest_queued_ms from durable.metric_functions f
    where f.workspace_id = ${workspaceId} ${functionId === null ? sql`` : sql`and f.function_id = ${functionId}`}
    order by f.queued desc, f.running desc, f.function_id`;
}

/** How far the figures go, and since when some may be missing. */
export async function metricsReadTo({
  sql,
}: Database): Promise<{ readonly read_to: string; readonly lost_at: string | null }> {
  const [row] = await sql<{ read_to: string; lost_at: string | null }[]>`
    select durable.rfc3339(read_at) as read_to, durable.rfc3339(lost_at) as lost_at from durable.metric_cursor`;
  return row!;
}
