// What a scrape reads: totals that were rolled up, and the last count of the backlog. Nothing here walks runs, jobs or minutes.
//
// Labels are bounded. The first workspaces by id, and the first functions by when they were first counted, have labels of their own;
// all others are one, `other`. The order is one that never changes: by size, a function would move in and out of `other`, whose counters
// would go down.
import type { Database, Sql } from "./database.ts";

export const LABELLED_WORKSPACES = 100;
export const LABELLED_FUNCTIONS = 500;
export const LABELLED_LIMITS = 200;

interface OfWorkspace {
  readonly app: string;
  readonly environment: string;
}

export interface FunctionTotals extends OfWorkspace {
  readonly function: string;
  readonly started: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly failed_attempts: number;
}

export interface PhaseTotals extends OfWorkspace {
  readonly function: string;
  readonly phase: string;
  /** Two octaves of the buckets of log-buckets.ts in one: a multiple of eight. */
  readonly bucket: number;
  readonly count: number;
  readonly sum_ms: number;
}

export interface WorkspaceGauges extends OfWorkspace {
  readonly queued: number;
  readonly parked: number;
  readonly running: number;
  readonly waiting: number;
  readonly paused: number;
  readonly oldest_queued_ms: number;
  readonly circuits_open: number;
  readonly circuits_limited: number;
}

export interface LimitGauge extends OfWorkspace {
  readonly limit: string;
  readonly parked: number;
}

export interface EngineGauges {
  readonly engines: number;
  readonly slots: number;
  /** Since the figures were rolled up last. */
  readonly rolled_up_ms_ago: number;
}

/** Null: of all workspaces. */
type Whose = number | null;

function workspaces(sql: Sql, whose: Whose) {
  return sql`(
    select w.id, case when w.place <= ${LABELLED_WORKSPACES} then w.app else 'other' end as app,
      case when w.place <= ${LABELLED_WORKSPACES} then w.environment else 'other' end as environment, w.place <= ${LABELLED_WORKSPACES} as is_named
    from (select id, app, environment, row_number() over (order by id) as place from durable.workspaces
      where ${whose}::int is null or id = ${whose}::int) as w)`;
}

function functions(sql: Sql, whose: Whose) {
  return sql`(
    select w.app, w.environment, case when w.is_named and t.place <= ${LABELLED_FUNCTIONS} then t.function_id else 'other' end as function,
      t.workspace_id, t.function_id, t.started, t.completed, t.failed, t.cancelled, t.failed_attempts
    from (select *, row_number() over (order by no) as place from durable.metric_totals
      where ${whose}::int is null or workspace_id = ${whose}::int) as t
    join ${workspaces(sql, whose)} as w on w.id = t.workspace_id)`;
}

export async function scrapeFunctions({ sql }: Database, whose: Whose): Promise<FunctionTotals[]> {
  return await sql<FunctionTotals[]>`
    select f.app, f.environment, f.function, sum(f.started)::float8 as started, sum(f.completed)::float8 as completed,
      sum(f.failed)::float8 as failed, sum(f.cancelled)::float8 as cancelled, sum(f.failed_attempts)::float8 as failed_attempts
    from ${functions(sql, whose)} as f group by 1, 2, 3 order by 1, 2, 3`;
}

export async function scrapePhases({ sql }: Database, whose: Whose): Promise<PhaseTotals[]> {
  return await sql<PhaseTotals[]>`
    select f.app, f.environment, f.function, p.phase, (ceil(p.bucket / 8.0) * 8)::int as bucket,
      sum(p.count)::float8 as count, sum(p.sum_ms)::float8 as sum_ms
    from ${functions(sql, whose)} as f
    join durable.metric_phase_totals p on p.workspace_id = f.workspace_id and p.function_id = f.function_id
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`;
}

/** As they were counted last; a workspace in which nothing lives has no row of that minute. */
export async function scrapeWorkspaces({ sql }: Database, whose: Whose): Promise<WorkspaceGauges[]> {
  return await sql<WorkspaceGauges[]>`
    select w.app, w.environment, coalesce(sum(b.queued), 0)::float8 as queued, coalesce(sum(b.parked), 0)::float8 as parked,
      coalesce(sum(b.running), 0)::float8 as running, coalesce(sum(b.waiting), 0)::float8 as waiting,
      coalesce(sum(b.paused), 0)::float8 as paused, coalesce(max(b.oldest_queued_ms), 0)::float8 as oldest_queued_ms,
      count(*) filter (where c.state = 'open')::float8 as circuits_open, count(*) filter (where c.state = 'limited')::float8 as circuits_limited
    from ${workspaces(sql, whose)} as w cross join durable.metric_cursor m
    left join durable.circuits c on c.workspace_id = w.id
    left join durable.metric_backlogs b on b.workspace_id = w.id and b.minute = m.sampled_at
    group by 1, 2 order by 1, 2`;
}

/** The longest queues have names; the rest of them are one. Gauges may change their place. */
export async function scrapeLimits({ sql }: Database, whose: Whose): Promise<LimitGauge[]> {
  return await sql<LimitGauge[]>`
    select case when k.place <= ${LABELLED_LIMITS} then k.app else 'other' end as app,
      case when k.place <= ${LABELLED_LIMITS} then k.environment else 'other' end as environment,
      case when k.place <= ${LABELLED_LIMITS} then k.name else 'other' end as limit, sum(k.parked)::float8 as parked
    from (select w.app, w.environment, l.name, p.parked, row_number() over (order by p.parked desc, p.workspace_id, p.limit_id) as place
      from durable.metric_limits p join durable.limits l on l.workspace_id = p.workspace_id and l.id = p.limit_id
      join ${workspaces(sql, whose)} as w on w.id = p.workspace_id) as k
    group by 1, 2, 3 order by 1, 2, 3`;
}

export async function scrapeEngines({ sql }: Database): Promise<EngineGauges> {
  const [row] = await sql<EngineGauges[]>`
    select count(*)::float8 as engines, coalesce(sum(e.slots), 0)::float8 as slots,
      (select extract(epoch from clock_timestamp() - m.read_at)::float8 * 1000 from durable.metric_cursor m) as rolled_up_ms_ago
    from durable.engines e
    where e.state = 'live' and e.seen_at > clock_timestamp() - e.lease_ms * interval '1 millisecond'`;
  return row!;
}
