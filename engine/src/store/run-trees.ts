import type { Database } from "./database.ts";
import type { RunStatus } from "./runs-listing.ts";
import type { ParentStored } from "./runs-listing-detail.ts";

export interface TreeRun {
  readonly run: string;
  readonly parent: ParentStored | null;
  readonly app: string | null;
  readonly function: string;
  readonly status: RunStatus;
  readonly created_at: string;
  readonly ended_at: string | null;
}

export interface RunTree {
  readonly root: string;
  /** Generation after generation, the run itself first. */
  readonly runs: readonly TreeRun[];
}

/**
 * One statement, one snapshot. Null for an id not in this workspace. Children in other apps are shown, and what is below them is
 * theirs; a parent in another one is named, and what is above it is not looked at.
 */
export async function loadRunTree(
  { sql }: Database,
  workspaceId: number,
  runId: string,
  limit: number,
): Promise<RunTree | null> {
  const [row] = await sql<{ root: string; runs: string | null }[]>`
    with recursive above as (
      select ${runId}::uuid as id, 0 as height
      union all
      select c.parent_run_id, a.height + 1 from above a
      join durable.children c on c.workspace_id = ${workspaceId} and c.run_id = a.id and c.parent_workspace_id = ${workspaceId}
    ), below as (
      select ${workspaceId}::int as workspace_id, ${runId}::uuid as id, 0 as generation
      union all
      select c.workspace_id, c.run_id, b.generation + 1 from below b
      join durable.children c on c.parent_workspace_id = ${workspaceId} and c.parent_run_id = b.id
      where b.workspace_id = ${workspaceId}
    ), shown as (
      select * from below limit ${limit}
    )
    select (select id from above order by height desc limit 1) as root,
      (select json_agg(json_build_object('run', r.id, 'app', durable.app_beside(${workspaceId}::int, r.workspace_id), 'function', r.function_id,
          'status', coalesce(r.status, durable.shown_status(l)),
          'parent', case when c.run_id is not null then
            json_build_object('run', c.parent_run_id, 'step', durable.step_of(c), 'kind', c.kind,
              'app', durable.app_beside(${workspaceId}::int, c.parent_workspace_id)) end,
          'created_at', durable.rfc3339(r.created_at), 'ended_at', durable.rfc3339(r.ended_at))
          order by s.generation, r.id)
        from shown s
        join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.id
        left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
        left join durable.children c on c.workspace_id = r.workspace_id and c.run_id = r.id)::text as runs`;
  return row?.runs == null ? null : { root: row.root, runs: JSON.parse(row.runs) as TreeRun[] };
}
