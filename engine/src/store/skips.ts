import type { Database } from "./database.ts";
import type { SkipReason } from "./event-rows.ts";

export interface SkipFilter {
  /** As senders see it: their own id, or the one the event was given. */
  readonly eventId: string | null;
  readonly functionId: string | null;
  /** The last skip of the page before. */
  readonly before: string | null;
  readonly limit: number;
}

export interface SkipListed {
  readonly id: string;
  readonly function: string;
  readonly event: { readonly id: string; readonly name: string };
  readonly reason: SkipReason;
  readonly detail: string;
  readonly at: string;
}

interface Row {
  id: string;
  function_id: string;
  event_id: string;
  event_name: string;
  reason: SkipReason;
  detail: string;
  at: string;
}

/** Newest first: the order of the primary key, backwards. */
export async function listSkips(
  { sql }: Database,
  workspaceId: number,
  { eventId, functionId, before, limit }: SkipFilter,
): Promise<SkipListed[]> {
  const rows = await sql<Row[]>`
    select s.id, s.function_id, coalesce(e.client_id, e.id::text) as event_id, e.name as event_name,
      s.reason, s.detail, durable.rfc3339(s.at) as at
    from durable.skips s
    join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
    where s.workspace_id = ${workspaceId}
      ${eventId === null ? sql`` : sql`and s.event_id = durable.event_by_id(${workspaceId}, ${eventId})`}
      ${functionId === null ? sql`` : sql`and s.function_id = ${functionId}`}
      ${before === null ? sql`` : sql`and s.id < ${before}::uuid`}
    order by s.id desc limit ${limit}`;
  return rows.map((row) => ({
    id: row.id,
    function: row.function_id,
    event: { id: row.event_id, name: row.event_name },
    reason: row.reason,
    detail: row.detail,
    at: row.at,
  }));
}
