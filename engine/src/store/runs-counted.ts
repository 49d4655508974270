import type { RunStatus } from "../domain/run-status.ts";
import type { Database } from "./database.ts";
import type { RunFilter } from "./run-filter.ts";
import { walkRuns } from "./run-walk.ts";

/** Runs that are counted one by one, at most, the newest first; where each is a page of its own, fewer. */
const COUNTED_MAX = 10_000;
const COUNTED_SCATTERED_MAX = 4_000;

export interface RunsCounted {
  readonly byStatus: Partial<Record<RunStatus, number>>;
  /** False: there may be more, created before `sinceMs`. */
  readonly isExact: boolean;
  /** When the oldest that was counted, or looked at, was created; null where there is none. */
  readonly sinceMs: number | null;
  readonly bars: readonly RunBar[];
}

/** Runs created from then on for `stepMs`, by what they are now. */
export interface RunBar {
  readonly fromMs: number;
  readonly byStatus: Partial<Record<RunStatus, number>>;
}

interface Found {
  total: number;
  /** Of these that are counted; `is_all`: no more were to be looked at. */
  max: number;
  is_all: boolean;
  since: number | null;
  /** JSON text. */
  bars: string;
}

interface Row {
  low: number;
  step: number;
  bar: number;
  status: RunStatus;
  count: number;
}

/** One statement that looks at LOOKED_AT_MAX runs at most and counts COUNTED_MAX of them. */
export async function countRuns(
  database: Database,
  workspaceId: number,
  filter: RunFilter,
  nowMs: number,
  barsMax: number,
): Promise<RunsCounted & { readonly stepMs: number }> {
  const [found] = await database.sql<Found[]>`${countOfRuns(database, workspaceId, filter, nowMs, barsMax)}`;
  const { total, max, is_all, since, bars } = found!;
  return shape(JSON.parse(bars) as Row[], since, barsMax, {
    isExact: total <= max && is_all,
  });
}

/** The statement, for whoever looks at its plan. */
export function countOfRuns(
  database: Database,
  workspaceId: number,
  filter: RunFilter,
  nowMs: number,
  barsMax: number,
) {
  const { sql } = database;
  const walk = walkRuns(database, workspaceId, filter, { before: null, limit: COUNTED_MAX + 1 });
  const { looked, lookedMax, known, runs, live, tests } = walk;
  const max = walk.isScattered && known === null ? COUNTED_SCATTERED_MAX : COUNTED_MAX;
  const met =
    known === null
      ? sql`select coalesce(r.status, l.shown) as status, extract(epoch from r.created_at)::float8 * 1000 as at from ${runs} as r ${live} where true ${tests} limit ${max + 1}`
      : sql`select r.status, extract(epoch from durable.time_of_id(r.id))::float8 * 1000 as at from ${known} as r limit ${max + 1}`;
  return sql`
    with last as (
      select w.id from ${looked} as w order by w.id desc offset ${lookedMax ?? COUNTED_MAX}::int - 1 limit 1),
    counted as materialized (${met}),
    bounds as materialized (
      select coalesce(${filter.fromMs}::float8, min(at)) as low,
        greatest(coalesce(${filter.toMs}::float8, ${nowMs}::float8), max(at) + 1) as high from counted),
    bars as (
      select b.low, (b.high - b.low) / ${barsMax}::int as step,
        least(width_bucket(c.at, b.low, b.high, ${barsMax}::int), ${barsMax}::int) - 1 as bar, c.status, count(*)::int as count
      from counted c, bounds b group by 1, 2, 3, 4)
    select (select count(*)::int from counted) as total, ${max}::int as max,
      ${lookedMax === null ? sql`true` : sql`not exists (select 1 from last)`} as is_all,
      case when (select count(*) from counted) > ${max}::int then (select min(c.at) from counted c)
        else (select extract(epoch from durable.time_of_id(o.id))::float8 * 1000 from last o) end as since,
      (select coalesce(json_agg(bars), '[]')::text from bars) as bars`;
}

function shape(
  rows: readonly Row[],
  sinceMs: number | null,
  barsMax: number,
  { isExact }: { isExact: boolean },
) {
  const byStatus: Partial<Record<RunStatus, number>> = {};
  const [first] = rows;
  const bars =
    first === undefined
      ? []
      : Array.from({ length: barsMax }, (_, bar) => ({
          fromMs: Math.floor(first.low + bar * first.step),
          byStatus: {} as Partial<Record<RunStatus, number>>,
        }));
  for (const { bar, status, count } of rows) {
    byStatus[status] = (byStatus[status] ?? 0) + count;
    bars[Math.max(0, bar)]!.byStatus[status] = (bars[Math.max(0, bar)]!.byStatus[status] ?? 0) + count;
  }
  return { byStatus, isExact, sinceMs, bars, stepMs: first?.step ?? 0 };
}
