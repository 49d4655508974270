import type { Database } from "./database.ts";

export type RunStatus =
  | "queued"
  | "running"
  | "waiting"
  | "paused"
  | "failing" // its steps are undone; then it is failed
  | "cancelling"
  | "completed"
  | "failed"
  | "cancelled";

export interface RunFilter {
  readonly status: RunStatus | null;
  readonly functionId: string | null;
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
}

const ENDED: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled"]);

/**
 * Newest first: ids are in order of time, so the order is the primary key's, backwards. A status that only live
 * runs have is looked for among the live ones, which are few; a bad end has an index of its own.
 */
export async function listRuns(
  { sql }: Database,
  workspaceId: number,
  filter: RunFilter,
): Promise<RunListed[]> {
  const { status, functionId, before, limit } = filter;
  const isLive = status !== null && !ENDED.has(status);
  const rows = await sql<Row[]>`
    select r.id, r.function_id, r.function_version, coalesce(r.status, durable.shown_status(l)) as status,
      durable.rfc3339(r.created_at) as created_at, durable.rfc3339(r.ended_at) as ended_at,
      coalesce(e.client_id, e.id::text) as event_id, e.name as event_name
    from durable.runs r
    ${isLive ? sql`join` : sql`left join`} durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    where r.workspace_id = ${workspaceId}
      ${status === null ? sql`` : isLive ? sql`and durable.shown_status(l) = ${status}` : sql`and r.status = ${status}`}
      ${functionId === null ? sql`` : sql`and r.function_id = ${functionId}`}
      ${before === null ? sql`` : sql`and r.id < ${before}::uuid`}
    order by r.id desc limit ${limit}`;
  return rows.map((row) => ({
    id: row.id,
    function: row.function_id,
    function_version: row.function_version,
    status: row.status,
    created_at: row.created_at,
    ended_at: row.ended_at,
    event: { id: row.event_id, name: row.event_name },
  }));
}
