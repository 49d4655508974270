import type { Database } from "./database.ts";

export const PREVIEW_CHARACTERS = 200;
/** Of one event. A cancelOn can skip as many as there are runs. */
export const COUNTED_MAX = 1_000;

/** Where a page ended. */
export interface EventPlace {
  /** When it was received: microseconds since 1970, for several stand in one millisecond. */
  readonly atUs: string;
  /** The event's own id. */
  readonly id: string;
}

export interface EventPage {
  /** Whole; null: of any name. */
  readonly name: string | null;
  readonly from: string | null;
  /** Not included. */
  readonly to: string | null;
  /** Null: the newest. */
  readonly before: EventPlace | null;
  readonly limit: number;
}

export interface EventListed {
  /** As people know it. */
  readonly id: string;
  readonly own_id: string;
  readonly at_us: string;
  readonly name: string;
  readonly time: string;
  readonly received_at: string;
  readonly bytes: number;
  readonly preview: string;
  readonly runs: number;
  readonly skips: number;
}

export async function listEvents(
  database: Database,
  workspaceId: number,
  page: EventPage,
): Promise<EventListed[]> {
  return await database.sql<EventListed[]>`${pageOfEvents(database, workspaceId, page)}`;
}

/**
 * The statement, for whoever looks at its plan. Newest first, along an index that is there for others: ids are in the order of time, so
 * without a name it is the primary key's, backwards, and a time is a range of ids. Of one name it is that of look-back.
 * What a person gave to a rerun was received at no time.
 */
export function pageOfEvents({ sql }: Database, workspaceId: number, page: EventPage) {
  const { name, from, to, before, limit } = page;
  const receivedAt = ({ atUs }: EventPlace) =>
    sql`'epoch'::timestamptz + ${atUs}::bigint * interval '1 microsecond'`;
  const ofAny = () => sql`
    ${from === null ? sql`` : sql`and e.id >= durable.first_id(${from}::timestamptz)`}
    ${to === null ? sql`` : sql`and e.id < durable.first_id(${to}::timestamptz)`}
    ${before === null ? sql`` : sql`and e.id < ${before.id}::uuid`}`;
  const ofName = () => sql`
    and e.name = ${name}
    ${from === null ? sql`` : sql`and e.received_at >= ${from}::timestamptz`}
    ${to === null ? sql`` : sql`and e.received_at < ${to}::timestamptz`}
    ${before === null ? sql`` : sql`and (e.received_at, e.id) < (${receivedAt(before)}, ${before.id}::uuid)`}`;
  return sql`
    with page as materialized (
      select e.id, e.client_id, e.name, left(e.data, ${PREVIEW_CHARACTERS}) as preview, octet_length(e.data) as bytes, e.time, e.received_at
      from durable.events e
      where e.workspace_id = ${workspaceId} and e.received_at > '-infinity' ${name === null ? ofAny() : ofName()}
      order by ${name === null ? sql`e.id desc` : sql`e.received_at desc, e.id desc`} limit ${limit}
    )
    select coalesce(p.client_id, p.id::text) as id, p.id as own_id, (extract(epoch from p.received_at) * 1000000)::bigint::text as at_us,
      p.name, durable.rfc3339(p.time) as time, durable.rfc3339(p.received_at) as received_at, p.bytes, p.preview,
      (select count(*)::int from (
        select b.id from durable.runs b where b.workspace_id = ${workspaceId} and b.event_id = p.id and b.id between
          (left(p.id::text, 19) || '8000-000000000000')::uuid and (left(p.id::text, 19) || 'bfff-ffffffffffff')::uuid
        union
        select c.run_id from durable.collected_events c where c.workspace_id = ${workspaceId} and c.event_id = p.id
        union
        select s.started_run from durable.skips s
          where s.workspace_id = ${workspaceId} and s.event_id = p.id and s.started_run is not null) as started) as runs,
      (select count(*)::int from (
        select 1 from durable.skips s where s.workspace_id = ${workspaceId} and s.event_id = p.id limit ${COUNTED_MAX}) as skipped) as skips
    from page p order by ${name === null ? sql`p.id desc` : sql`p.received_at desc, p.id desc`}`;
}
