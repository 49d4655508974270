import type { Database } from "./database.ts";

/** Beyond it nobody counts: a workspace may have a million runs that wait. */
const COUNTED_MAX = 10_000;

export interface Counters {
  readonly rev: number;
  /** Live runs by status; those it has none of are left out. */
  readonly runs: Readonly<Record<string, number>>;
  /** There are more live runs than were counted. */
  readonly more: boolean;
  readonly open_inputs: number;
}

export async function countLive({ sql }: Database, workspaceId: number): Promise<Counters> {
  const [row] = await sql<{ rev: number; runs: string; total: number; inputs: number }[]>`
    with live as (
      select durable.shown_status(l) as status from durable.live_runs l where l.workspace_id = ${workspaceId} limit ${COUNTED_MAX + 1}
    ), counted as (select status, count(*) as runs from live group by status)
    select durable.revision()::float8 as rev,
      (select coalesce(json_object_agg(c.status, c.runs), '{}')::text from counted c) as runs,
      (select coalesce(sum(c.runs), 0)::int from counted c) as total,
      (select count(*)::int from (select 1 from durable.inputs i
        where i.workspace_id = ${workspaceId} and i.status = 'open' limit ${COUNTED_MAX}) as i) as inputs`;
  const { rev, runs, total, inputs } = row!;
  return { rev, runs: JSON.parse(runs), more: total > COUNTED_MAX, open_inputs: inputs };
}
