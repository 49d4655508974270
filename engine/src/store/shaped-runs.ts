import { plainArray, textArray } from "./array-literal.ts";
import type { Database } from "./database.ts";
import type { EventRow, RunRow, SkipReason } from "./event-rows.ts";

/** What an event became whose function has shapes. */
export interface Shaped {
  /** A run of its own. */
  readonly isBorn: boolean;
  /** The run it went into, or that stood in its way; null when there is none. */
  readonly into: string | null;
  /** Why it is no run of its own. */
  readonly reason: SkipReason | null;
  readonly detail: string | null;
}

type Asked = Pick<RunRow, "runId" | "functionId"> & { readonly event: Pick<EventRow, "workspaceId" | "id"> };

/** Of events that were accepted, in order. */
export async function findShaped({ sql }: Database, asked: readonly Asked[]): Promise<Shaped[]> {
  if (asked.length === 0) return [];
  const rows = await sql<
    { born: boolean; into: string | null; reason: SkipReason | null; detail: string | null }[]
  >`
    select r.id is not null as born, coalesce(k.run_id, c.run_id) as into,
      coalesce(k.reason, case when c.run_id is not null then 'debounced' end) as reason, k.detail
    from unnest(${plainArray(asked, ({ event }) => event.workspaceId)}::int[], ${plainArray(asked, ({ event }) => event.id)}::uuid[],
      ${textArray(asked, ({ functionId }) => functionId)}::text[], ${plainArray(asked, ({ runId }) => runId)}::uuid[]) with ordinality
      as q(workspace, event, function, run, no)
    left join durable.runs r on r.workspace_id = q.workspace and r.id = q.run
    left join lateral (
      select s.run_id, s.reason, s.detail from durable.skips s
      where r.id is null and s.workspace_id = q.workspace and s.event_id = q.event and s.function_id = q.function
      order by s.id limit 1) as k on true
    left join lateral (
      select e.run_id from durable.collected_events e join durable.runs o on o.workspace_id = e.workspace_id and o.id = e.run_id
      where r.id is null and e.workspace_id = q.workspace and e.event_id = q.event and o.function_id = q.function
      limit 1) as c on true
    order by q.no`;
  return rows.map(({ born, into, reason, detail }) => ({ isBorn: born, into, reason, detail }));
}
