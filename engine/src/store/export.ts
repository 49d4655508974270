import type { Database } from "./database.ts";

/** Of whom: runs that were made of an event with this scalar at this path of its data, and those below them (durable.is_owned). */
export interface Owner {
  readonly path: readonly string[];
  /** JSON text. */
  readonly value: string;
}

export interface ExportPage {
  /** A run with all that is its, each as JSON text of one line. */
  readonly lines: readonly string[];
  /** The last run that was looked at; null: there are no more. */
  readonly next: string | null;
}

/** Runs that are looked at for one page, at most, where not all are meant: how long an owner's take does not hang on how few they are. */
const LOOKED_AT_MAX = 1_000;

/**
 * The oldest first, one snapshot a page. Payloads stand as they were received, byte for byte.
 * @param after The last run of the page before.
 */
export async function exportRuns(
  { sql }: Database,
  workspaceId: number,
  { owner, after, limit }: { readonly owner: Owner | null; readonly after: string; readonly limit: number },
): Promise<ExportPage> {
  const isOwned =
    owner === null
      ? sql`true`
      : sql`durable.is_owned(${workspaceId}::int, s.id, ${owner.path as string[]}::text[], ${owner.value}::text)`;
  const looked = owner === null ? limit : LOOKED_AT_MAX;
  const [row] = await sql<{ lines: string[] | null; last: string | null; seen: number }[]>`
    with seen as materialized (
      select r.id, r.event_id from durable.runs r where r.workspace_id = ${workspaceId} and r.id > ${after}::uuid
      order by r.id limit ${looked}
    ), met as materialized (
      select s.id, row_number() over (order by s.id) as place from seen s where ${isOwned} order by s.id limit ${limit}
    ), line as (
      select r.id, json_build_object('run', r.id, 'function', r.function_id, 'version', r.function_version,
        'status', coalesce(r.status, durable.shown_status(l)),
        'created_at', durable.rfc3339(r.created_at), 'ended_at', durable.rfc3339(r.ended_at),
        'output', r.output::json, 'failure', r.failure::json,
        'event', (select json_build_object('id', coalesce(e.client_id, e.id::text), 'name', e.name, 'data', e.data::json,
            'time', durable.rfc3339(e.time))
          from durable.events e where e.workspace_id = r.workspace_id and e.id = r.event_id),
        'parent', (select c.parent_run_id from durable.children c where c.workspace_id = r.workspace_id and c.run_id = r.id),
        'parent_app', (select durable.app_beside(r.workspace_id, c.parent_workspace_id) from durable.children c
          where c.workspace_id = r.workspace_id and c.run_id = r.id),
        'origin', r.origin_run_id,
        'state', (select t.value::json from durable.run_states t where t.workspace_id = r.workspace_id and t.run_id = r.id),
        'steps', (select coalesce(json_agg(json_build_object('id', replace(s.step_id::text, '-', ''), 'seq', s.seq, 'op', s.op,
            'name', s.name, 'n', s.n, 'status', s.status, 'attempt', s.attempt, 'value', s.value::json, 'failure', s.failure::json,
            'settled_at', durable.rfc3339(s.settled_at)) order by s.seq, s.step_id), '[]')
          from durable.steps s where s.workspace_id = r.workspace_id and s.run_id = r.id),
        'attempts', (select coalesce(json_agg(json_build_object('step', replace(a.step_id::text, '-', ''), 'attempt', a.attempt,
            'outcome', a.outcome, 'value', a.value::json, 'failure', a.failure::json,
            'committed_at', durable.rfc3339(a.committed_at)) order by a.committed_at, a.step_id, a.attempt), '[]')
          from durable.attempts a where a.workspace_id = r.workspace_id and a.run_id = r.id and a.outcome <> 'turn'),
        'logs', (select coalesce(json_agg(json_build_object('step', replace(g.step_id::text, '-', ''), 'attempt', g.attempt,
            'level', g.level, 'message', g.message, 'data', g.data::json, 'at', durable.rfc3339(g.at)) order by g.id), '[]')
          from durable.logs g where g.workspace_id = r.workspace_id and g.run_id = r.id),
        'inputs', (select coalesce(json_agg(json_build_object('kind', i.kind, 'title', i.title, 'prompt', i.prompt, 'assignee', i.assignee,
            'status', i.status, 'answered_by', i.answered_by) order by i.id), '[]')
          from durable.inputs i where i.workspace_id = r.workspace_id and i.run_id = r.id))::text as text
      from met m
      join durable.runs r on r.workspace_id = ${workspaceId} and r.id = m.id
      left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    )
    select (select array_agg(n.text order by n.id) from line n) as lines,
      case when (select count(*) from met) = ${limit} then (select m.id from met m order by m.id desc limit 1)
        else (select s.id from seen s order by s.id desc limit 1) end as last,
      (select count(*)::int from seen) as seen`;
  const { lines, last, seen } = row!;
  const isLast = seen < looked && (lines?.length ?? 0) < limit;
  return { lines: lines ?? [], next: isLast ? null : last };
}
