import { epochMsOfUuidV7, UUID_RANDOM_BYTES, uuidV7 } from "../domain/ids.ts";
import type { RunStatus } from "../domain/run-status.ts";
import type { Database } from "./database.ts";
import { POSITION_MAX_IN_LISTS, type RunWait } from "./run-waits.ts";

export type { RunStatus } from "../domain/run-status.ts";

export interface RunFilter {
  readonly status: RunStatus | null;
  readonly functionId: string | null;
  /** Its cause: an event's own id. */
  readonly eventId: string | null;
  /** The last run of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

export interface RunListed {
  readonly id: string;
  readonly function: string;
  readonly function_version: number;
  readonly status: RunStatus;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly event: { readonly id: string; readonly name: string };
  /** Null once it has ended, and while its app is called. */
  readonly wait: RunWait | null;
}

interface Row {
  id: string;
  function_id: string;
  function_version: number;
  status: RunStatus;
  created_at: string;
  ended_at: string | null;
  event_id: string;
  event_name: string;
  wait: string | null;
}

const ENDED: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled"]);

/** A run's id is made within this time of its event's: long enough to match one against every function. */
const BIRTH_MS_MAX = 2_000;

/**
 * One statement, however many are on the page and whatever they wait for. Newest first: ids are in order of time, so the order is the primary key's, backwards. A status that only live
 * runs have is looked for among the live ones, which are few; a bad end has an index of its own.
 */
export async function listRuns(
  { sql }: Database,
  workspaceId: number,
  filter: RunFilter,
): Promise<RunListed[]> {
  const { status, functionId, eventId, before, limit } = filter;
  const isLive = status !== null && !ENDED.has(status);
  const rows = await sql<Row[]>`
    with page as materialized (
      select r.id, r.function_id, r.function_version, coalesce(r.status, durable.shown_status(l)) as status,
        durable.rfc3339(r.created_at) as created_at, durable.rfc3339(r.ended_at) as ended_at,
        coalesce(e.client_id, e.id::text) as event_id, e.name as event_name
      from durable.runs r
      ${isLive ? sql`join` : sql`left join`} durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
      join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
      where r.workspace_id = ${workspaceId}
        ${status === null ? sql`` : isLive ? sql`and durable.shown_status(l) = ${status}` : sql`and r.status = ${status}`}
        ${functionId === null ? sql`` : sql`and r.function_id = ${functionId}`}
        ${eventId === null ? sql`` : bornOf(sql, workspaceId, eventId)}
        ${before === null ? sql`` : sql`and r.id < ${before}::uuid`}
      order by r.id desc limit ${limit}
    )
    select p.*, w.wait::text as wait from page p
    left join durable.run_waits(${workspaceId}, (select array_agg(o.id) from page o where o.ended_at is null),
      ${POSITION_MAX_IN_LISTS}::int) as w on w.run_id = p.id
    order by p.id desc`;
  return rows.map((row) => ({
    id: row.id,
    function: row.function_id,
    function_version: row.function_version,
    status: row.status,
    created_at: row.created_at,
    ended_at: row.ended_at,
    event: { id: row.event_id, name: row.event_name },
    wait: row.wait === null ? null : (JSON.parse(row.wait) as RunWait),
  }));
}

/** There is no index by event: it would cost every run twice. They are found where their ids must be; those that it went into, and those that a person made of a skip, are listed. */
function bornOf(sql: Database["sql"], workspaceId: number, eventId: string) {
  const bornMs = epochMsOfUuidV7(eventId);
  const [first, last] = [bornMs, bornMs + BIRTH_MS_MAX].map((ms) =>
    uuidV7(ms, new Uint8Array(UUID_RANDOM_BYTES)),
  );
  return sql`and (r.event_id = ${eventId}::uuid and r.id >= ${first!}::uuid and r.id < ${last!}::uuid or r.id = any (array(
    select c.run_id from durable.collected_events c where c.workspace_id = ${workspaceId} and c.event_id = ${eventId}::uuid
    union all
    select s.started_run from durable.skips s where s.workspace_id = ${workspaceId} and s.event_id = ${eventId}::uuid and s.started_run is not null)))`;
}
