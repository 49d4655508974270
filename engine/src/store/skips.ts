import { type Birth, birthJson } from "./births.ts";
import type { Database } from "./database.ts";
import type { EventSeen, SkipReason } from "./event-rows.ts";
import { type CauseRow, causeColumns, causeOf } from "./events.ts";

export interface SkipFilter {
  /** As senders see it: their own id, or the one the event was given. */
  readonly eventId: string | null;
  readonly functionId: string | null;
  readonly reason: SkipReason | null;
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
  /** The run it went into, or that stood in its way. */
  readonly run: string | null;
  /** JSON text: the values that decided it. */
  readonly facts: string | null;
  /** The run that a person made of it. */
  readonly started_run: string | null;
  readonly at: string;
}

interface Row {
  id: string;
  function_id: string;
  event_id: string;
  event_name: string;
  reason: SkipReason;
  detail: string;
  run_id: string | null;
  facts: string | null;
  started_run: string | null;
  at: string;
}

/** Newest first: the order of the primary key, backwards. */
export async function listSkips(
  { sql }: Database,
  workspaceId: number,
  { eventId, functionId, reason, before, limit }: SkipFilter,
): Promise<SkipListed[]> {
  const rows = await sql<Row[]>`
    select s.id, s.function_id, coalesce(e.client_id, e.id::text) as event_id, e.name as event_name,
      s.reason, s.detail, s.run_id, s.facts, s.started_run, durable.rfc3339(s.at) as at
    from durable.skips s
    join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
    where s.workspace_id = ${workspaceId}
      ${eventId === null ? sql`` : sql`and s.event_id = durable.event_by_id(${workspaceId}, ${eventId})`}
      ${functionId === null ? sql`` : sql`and s.function_id = ${functionId}`}
      ${reason === null ? sql`` : sql`and s.reason = ${reason}`}
      ${before === null ? sql`` : sql`and s.id < ${before}::uuid`}
    order by s.id desc limit ${limit}`;
  return rows.map((row) => ({
    id: row.id,
    function: row.function_id,
    event: { id: row.event_id, name: row.event_name },
    reason: row.reason,
    detail: row.detail,
    run: row.run_id,
    facts: row.facts,
    started_run: row.started_run,
    at: row.at,
  }));
}

/** A skip, and its event as a door would hand it in. */
export interface SkipStored {
  readonly functionId: string;
  readonly reason: SkipReason;
  readonly startedRun: string | null;
  readonly event: EventSeen;
}

/** Null for an id that is not in this workspace. */
export async function findSkip(
  database: Database,
  workspaceId: number,
  id: string,
): Promise<SkipStored | null> {
  const [row] = await database.sql<
    (CauseRow & { function_id: string; reason: SkipReason; started_run: string | null })[]
  >`
    select s.function_id, s.reason, s.started_run, ${causeColumns(database)}
    from durable.skips s join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
    where s.workspace_id = ${workspaceId} and s.id = ${id}::uuid`;
  if (row === undefined) return null;
  return {
    functionId: row.function_id,
    reason: row.reason,
    startedRun: row.started_run,
    event: causeOf(row),
  };
}

/** Answers the run, also one that was started before; null when the skip is gone. */
export async function startSkipped(
  { sql }: Database,
  workspaceId: number,
  skipId: string,
  actor: string,
  { runId, birth }: { readonly runId: string; readonly birth: Birth },
): Promise<string | null> {
  const [row] = await sql<{ run: string | null }[]>`
    select durable.run_anyway(${workspaceId}::int, ${skipId}::uuid, ${actor}::text, ${runId}::uuid,
      ${birthJson(birth)}::text::json) as run`;
  return row!.run;
}
