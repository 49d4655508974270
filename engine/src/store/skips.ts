import type { Gate } from "../domain/gates.ts";
import type { Database } from "./database.ts";
import type { RunRow, SkipReason } from "./event-rows.ts";

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
  readonly event: {
    readonly id: string;
    readonly clientId: string | null;
    readonly name: string;
    readonly data: string;
    readonly timeMs: number;
  };
}

/** Null for an id that is not in this workspace. */
export async function findSkip(
  { sql }: Database,
  workspaceId: number,
  id: string,
): Promise<SkipStored | null> {
  const [row] = await sql<
    {
      function_id: string;
      reason: SkipReason;
      started_run: string | null;
      event_id: string;
      client_id: string | null;
      name: string;
      data: string;
      ms: number;
    }[]
  >`
    select s.function_id, s.reason, s.started_run, e.id as event_id, e.client_id, e.name, e.data, extract(epoch from e.time)::float8 * 1000 as ms
    from durable.skips s join durable.events e on e.workspace_id = s.workspace_id and e.id = s.event_id
    where s.workspace_id = ${workspaceId} and s.id = ${id}::uuid`;
  if (row === undefined) return null;
  const { event_id: eventId, client_id: clientId, name, data, ms: timeMs } = row;
  return {
    functionId: row.function_id,
    reason: row.reason,
    startedRun: row.started_run,
    event: { id: eventId, clientId, name, data, timeMs },
  };
}

/** Answers the run, also one that was started before; null when the skip is gone. */
export async function startSkipped(
  { sql }: Database,
  workspaceId: number,
  skipId: string,
  actor: string,
  {
    runId,
    functionVersion,
    gates,
    timeouts,
  }: Pick<RunRow, "runId" | "functionVersion" | "gates" | "timeouts">,
): Promise<string | null> {
  const { run, step, units } = gates ?? { run: [], step: [], units: 1 };
  const all = [...run, ...step];
  const ids = (list: readonly Gate[]) => (list.length === 0 ? null : list.map(({ id }) => id));
  const [row] = await sql<{ run: string | null }[]>`
    select durable.run_anyway(${workspaceId}::int, ${skipId}::uuid, ${actor}::text, ${runId}::uuid, ${functionVersion}::int,
      ${ids(run)}::uuid[], ${ids(step)}::uuid[], ${units}::int,
      ${timeouts.map(({ kind }) => kind)}::text[], ${timeouts.map(({ ms }) => ms)}::float8[],
      ${all.map(({ id }) => id)}::uuid[], ${all.map(({ limitId }) => limitId)}::uuid[], ${all.map(({ unit }) => unit)}::text[],
      ${all.map(({ key }) => key)}::text[]) as run`;
  return row!.run;
}
