import type { RunStatus } from "../domain/run-status.ts";
import type { Database } from "./database.ts";
import type { RunFilter } from "./run-filter.ts";
import { POSITION_MAX_IN_LISTS, type RunWait } from "./run-waits.ts";
import { walkRuns } from "./run-walk.ts";

export type { RunStatus } from "../domain/run-status.ts";
export { NO_FILTER, type RunFilter } from "./run-filter.ts";

export interface RunPage extends RunFilter {
  /** The last run of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

/** Of each run of a page. */
export const ATTEMPTS_LOOKED_MAX = 1_000;

export interface RunListed {
  readonly id: string;
  /** Of two states of the run that with the higher is younger. */
  readonly rev: number;
  readonly function: string;
  readonly function_version: number;
  readonly status: RunStatus;
  readonly created_at: string;
  readonly ended_at: string | null;
  /** From its beginning to its end. */
  readonly duration_ms: number | null;
  /** Of the first so many of its attempts. */
  readonly failed_attempts: number;
  readonly event: { readonly id: string; readonly name: string };
  /** Null once it has ended, and while its app is called. */
  readonly wait: RunWait | null;
}

interface Row {
  id: string;
  rev: number;
  function_id: string;
  function_version: number;
  status: RunStatus;
  created_at: string;
  ended_at: string | null;
  duration_ms: number | null;
  failed_attempts: number;
  event_id: string;
  event_name: string;
  wait: string | null;
}

/**
 * One statement, however many are on the page and whatever they wait for. Newest first: ids are in order of time, so the
 * order is the primary key's, backwards. Runs that have to be tested may be fewer than `limit` although there are more: see walkRuns.
 */
export async function listRuns(database: Database, workspaceId: number, page: RunPage): Promise<RunListed[]> {
  const rows = await database.sql<Row[]>`${pageOfRuns(database, workspaceId, page)}`;
  return rows.map((row) => ({
    id: row.id,
    rev: row.rev,
    function: row.function_id,
    function_version: row.function_version,
    status: row.status,
    created_at: row.created_at,
    ended_at: row.ended_at,
    duration_ms: row.duration_ms,
    failed_attempts: row.failed_attempts,
    event: { id: row.event_id, name: row.event_name },
    wait: row.wait === null ? null : (JSON.parse(row.wait) as RunWait),
  }));
}

/** The statement, for whoever looks at its plan. */
export function pageOfRuns(database: Database, workspaceId: number, { before, limit, ...filter }: RunPage) {
  const { sql } = database;
  const { runs, live, tests } = walkRuns(database, workspaceId, filter, { before, limit });
  return sql`
    with page as materialized (
      select r.id, r.function_id, r.function_version, coalesce(r.status, l.shown) as status,
        durable.rfc3339(r.created_at) as created_at, durable.rfc3339(r.ended_at) as ended_at,
        (durable.epoch_us(r.ended_at) - durable.epoch_us(coalesce(r.begins_at, r.created_at))) / 1000.0::float8 as duration_ms, r.event_id
      from ${runs} as r ${live}
      where true ${tests}
      order by r.id desc limit ${limit}
    )
    select p.id, p.function_id, p.function_version, p.status, p.created_at, p.ended_at, p.duration_ms,
      durable.failed_attempts_of(${workspaceId}, p.id, ${ATTEMPTS_LOOKED_MAX})::int as failed_attempts,
      coalesce(e.client_id, e.id::text) as event_id, e.name as event_name, w.wait::text as wait, (select durable.revision())::float8 as rev
    from page p
    join durable.events e on e.workspace_id = ${workspaceId} and e.id = p.event_id
    left join durable.run_waits(${workspaceId}, (select array_agg(o.id) from page o where o.ended_at is null),
      ${POSITION_MAX_IN_LISTS}::int) as w on w.run_id = p.id
    order by p.id desc`;
}
