// A statement walks runs from the newest on, along one road (run-roads.ts), and tests the rest on the way. What it tests may be
// rare, so it looks at so many runs and no more: a page can be short, and says where to go on.
import { isFingerprint } from "../domain/fingerprint.ts";
import { UUID_RANDOM_BYTES, uuidV7 } from "../domain/ids.ts";
import { hasEnded } from "../domain/run-end.ts";
import type { RunStatus } from "../domain/run-status.ts";
import type { Database, Sql } from "./database.ts";
import type { RunFilter } from "./run-filter.ts";
import { type Fragment, roadsOf } from "./run-roads.ts";

/** Runs that one statement looks at, at most, where they are tested. */
const LOOKED_AT_MAX = 10_000;
/** Where each is a page of its own, and where each is asked for what went wrong. */
const SCATTERED_MAX = 4_000;
const ASKED_MAX = 1_000;

/** Runs as `r`, newest first. What is asked of `l` needs LIVE beside it. */
export interface Walk {
  /** A derived table: runs by the road, with their `id`, `created_at` and the other columns that are shown. */
  readonly runs: Fragment;
  /** One with the ids that it looks at. */
  readonly looked: Fragment;
  /** One with `id` and `status` that fetches no run, where the road tells both; else null. */
  readonly known: Fragment | null;
  /** Its runs lie far apart: each that is fetched is a page of its own. */
  readonly isScattered: boolean;
  /** So many at most; null: it takes what it looks at. */
  readonly lookedMax: number | null;
  /** Joins the row of a run that lives as `l`; others are not looked for. */
  readonly live: Fragment;
  /** Conditions on `r` and `l`. */
  readonly tests: Fragment;
}

/** @param limit What is wanted; null: all there are. */
export function walkRuns(
  { sql }: Database,
  workspaceId: number,
  filter: RunFilter,
  { before, limit }: { readonly before: string | null; readonly limit: number | null },
): Walk {
  const { fromMs, toMs } = filter;
  const roads = roadsOf(sql, workspaceId, filter);
  const taken = roads.findIndex(({ fits }) => fits);
  const { of, isOwn, sieve, isOfStatus, isScattered = !isOwn } = roads[taken]!;
  const id = () => (isOwn ? sql`x.id` : sql`x.run_id`);
  const tests = [
    ...roads.slice(taken + 1).flatMap(({ fits, test }) => (fits && test !== undefined ? [test()] : [])),
    ...testsOf(sql, workspaceId, isOfStatus === true ? { ...filter, statuses: null } : filter),
  ];
  const lookedMax =
    tests.length === 0 && sieve === undefined
      ? null
      : lookedMaxOf(filter, isScattered && sieve === undefined);
  const [only] = filter.statuses ?? [];
  const rows = sql`${of()}
    ${fromMs === null ? sql`` : sql`and ${id()} >= ${firstId(fromMs)}::uuid`}
    ${toMs === null ? sql`` : sql`and ${id()} < ${firstId(toMs)}::uuid`}
    ${before === null ? sql`` : sql`and ${id()} < ${before}::uuid`}
    ${limit === null ? sql`` : sql`order by ${id()} desc limit ${lookedMax ?? limit}`}`;
  const columns = sql`x.function_id, x.function_version, x.event_id, x.status, x.created_at, x.begins_at, x.ended_at`;
  return {
    looked: sql`(select ${id()} as id from ${rows})`,
    runs: isOwn
      ? sql`(select x.id, ${columns} from ${rows})`
      : // Each by its key, whatever the planner thinks of their number.
        sql`(select k.id, o.* from (select x.run_id as id from (select x.* from ${rows}) as x where true ${sieve?.() ?? sql``}) as k
          cross join lateral (select ${columns} from durable.runs x where x.workspace_id = ${workspaceId} and x.id = k.id limit 1) as o)`,
    known:
      tests.length > 0
        ? null
        : sieve !== undefined
          ? sql`(select x.run_id as id, durable.shown_status(x) as status from (select x.* from ${rows}) as x where true ${sieve()})`
          : isOfStatus === true
            ? sql`(select x.id, ${only!}::text as status from ${rows})`
            : null,
    isScattered,
    lookedMax,
    live: sql`left join lateral (
      select durable.shown_status(own) as shown, own.run_gates, own.step_gates from durable.live_runs own
      where r.status is null and own.workspace_id = ${workspaceId} and own.run_id = r.id limit 1) as l on true`,
    tests: tests.reduce((one, two) => sql`${one} ${two}`, sql``),
  };
}

/** All of them, for what is done to many: conditions on `r`. */
export function runsMet(database: Database, workspaceId: number, filter: RunFilter) {
  const { sql } = database;
  const { runs, live, tests } = walkRuns(database, workspaceId, filter, { before: null, limit: null });
  return { from: sql`${runs} as r ${live}`, where: sql`true ${tests}` };
}

function lookedMaxOf({ error, step }: RunFilter, isScattered: boolean): number {
  if (step !== null || (error !== null && !isFingerprint(error))) return ASKED_MAX;
  return isScattered ? SCATTERED_MAX : LOOKED_AT_MAX;
}

/** What no index answers, the cheap ones first. */
function testsOf(
  sql: Sql,
  workspaceId: number,
  { statuses, version, deployment, error, step }: RunFilter,
): Fragment[] {
  return [
    statuses !== null && isOfStatus(sql, statuses),
    version !== null && sql`and r.function_version = ${version}`,
    deployment !== null &&
      sql`and exists (select 1 from durable.run_deployments d where d.workspace_id = ${workspaceId} and d.run_id = r.id and d.deployment = ${deployment})`,
    error !== null &&
      !isFingerprint(error) &&
      inTrouble(sql, workspaceId, sql`g.name = ${error}`, sql`t.o_error = ${error}`),
    step !== null && inTrouble(sql, workspaceId, sql`g.step = ${step}`, sql`t.o_step = ${step}`),
  ].filter((test) => test !== false);
}

function isOfStatus(sql: Sql, statuses: readonly RunStatus[]): Fragment {
  const ends = statuses.filter((status) => hasEnded({ status }));
  const others = statuses.filter((status) => !hasEnded({ status }));
  const isEnd = sql`r.status = any (${ends as string[]}::text[])`;
  const isOther = sql`r.status is null and l.shown = any (${others as string[]}::text[])`;
  if (others.length === 0) return sql`and ${isEnd}`;
  return ends.length === 0 ? sql`and ${isOther}` : sql`and (${isEnd} or ${isOther})`;
}

/**
 * By what its group says; one that is not counted into a group yet is read itself. Asked of each run, for a hash of all that are
 * in trouble may be one of millions.
 */
function inTrouble(sql: Sql, workspaceId: number, group: Fragment, own: Fragment): Fragment {
  return sql`and coalesce(
    (select ${group} from durable.run_errors e
      cross join lateral (select * from durable.error_groups o
        where o.workspace_id = e.workspace_id and o.fingerprint = e.fingerprint limit 1) as g
      where e.workspace_id = ${workspaceId} and e.run_id = r.id limit 1) or null,
    (select true from durable.ungrouped u
      join durable.runs f on f.workspace_id = u.workspace_id and f.id = u.run_id cross join lateral durable.trouble_of(f) as t
      where u.workspace_id = ${workspaceId} and u.run_id = r.id and ${own} limit 1), false)`;
}

/** The least id of this millisecond: ids are in order of time. */
function firstId(epochMs: number): string {
  return uuidV7(epochMs, new Uint8Array(UUID_RANDOM_BYTES));
}
