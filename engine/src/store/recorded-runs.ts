import { NO_STEP } from "../domain/ids.ts";
import type { RecordedRun } from "../domain/recorded-run.ts";
import type { Database, Sql } from "./database.ts";

export interface RunRef {
  readonly workspaceId: number;
  readonly runId: string;
}

/** Which steps: all, or a page of them in the order in which they were recorded. */
export interface TracePage {
  readonly order: "asc" | "desc";
  /** The last of the page before. */
  readonly after: TraceKey | null;
  readonly limit: number;
}

/** A place in that order: microseconds since 1970, and a step or a dispatch of the run as UUID. */
export interface TraceKey {
  readonly atUs: string;
  readonly id: string;
}

export interface RecordedPage extends RecordedRun {
  /** Ids of entries, and of attempts of the run itself, as they stand on the page. Null where all were asked for. */
  readonly page: readonly { readonly id: string; readonly key: TraceKey }[] | null;
}

/**
 * One statement, one snapshot, and no value of any step. A page is found along the keys of its run alone: what is read of
 * a run of 40,000 steps is their times, and of the steps on the page the rest. Null for an id that is not in this workspace.
 */
export async function loadRecorded(
  { sql }: Database,
  ref: RunRef,
  page: TracePage | null = null,
): Promise<RecordedPage | null> {
  const [row] = await recordedRun(sql, ref, page);
  return row === undefined ? null : (JSON.parse(row.run) as RecordedPage);
}

/** The statement, for whoever wants to see its plan. */
export function recordedRun(sql: Sql, { workspaceId, runId }: RunRef, page: TracePage | null) {
  return sql<{ run: string }[]>`
    with ${page === null ? sql`` : pageOf(sql, workspaceId, runId, page)}
    entry as materialized (
      select s.* from durable.steps s where s.workspace_id = ${workspaceId} and s.run_id = ${runId}::uuid
        ${page === null ? sql`` : sql`and s.step_id = any (array(select p.id from page p where p.is_step))`}
    ), attempt as materialized (
      ${attemptsOf(sql, workspaceId, runId)} ${
        page === null
          ? sql``
          : sql`and a.step_id = any (array(select p.id from page p where p.is_step))
      union all
      ${attemptsOf(sql, workspaceId, runId)} and a.step_id = ${NO_STEP}::uuid and a.fence = any (array(select p.id from page p where not p.is_step))`
      }
    )
    select json_build_object(
      'id', r.id, 'functionId', r.function_id, 'status', coalesce(r.status, durable.shown_status(l)),
      'cause', json_build_object(
        'event', (select json_build_object('id', coalesce(e.client_id, e.id::text), 'name', e.name)
          from durable.events e where e.workspace_id = r.workspace_id and e.id = r.event_id),
        'parent', (select json_build_object('run', c.parent_run_id, 'kind', c.kind, 'app', durable.app_beside(r.workspace_id, c.parent_workspace_id))
          from durable.children c where c.workspace_id = r.workspace_id and c.run_id = r.id)),
      'traceparent', (select e.traceparent from durable.events e where e.workspace_id = r.workspace_id and e.id = r.event_id),
      'createdMs', durable.epoch_ms(r.created_at), 'endedMs', durable.epoch_ms(r.ended_at), 'nowMs', durable.epoch_ms(durable.durable_now()),
      'readyMs', case when l.status = 'queued' then coalesce(l.came, l.ready_rank) / 1000.0 end,
      'begin', case when r.begins_at is not null then json_build_object('atMs', durable.epoch_ms(r.begins_at), 'cause', r.begin_cause) end,
      'last', case when r.sent_at is not null then json_build_object(${times(sql, "r")}) end,
      'page', ${
        page === null
          ? sql`null`
          : sql`(select coalesce(json_agg(json_build_object('id', replace(p.id::text, '-', ''),
          'key', json_build_object('atUs', ((extract(epoch from p.at) * 1000000)::bigint)::text, 'id', p.id)) order by p.no), '[]') from page p)`
      },
      'entries', (select coalesce(json_agg(json_build_object(
          'id', replace(s.step_id::text, '-', ''), 'scope', replace(s.scope::text, '-', ''), 'op', s.op, 'name', s.name, 'n', s.n,
          'status', s.status, 'seq', s.seq, 'attempt', s.attempt, 'dueMs', durable.epoch_ms(s.due_at), ${times(sql, "s")},
          'committedMs', durable.epoch_ms(s.committed_at), 'settledMs', durable.epoch_ms(s.settled_at), 'eventId', s.event_id,
          'childId', case when s.op in ('invoke', 'spawn') then (select c.run_id from durable.children c
            where c.parent_workspace_id = s.workspace_id and c.parent_run_id = s.run_id and c.parent_step_id = s.step_id limit 1) end,
          'childApp', case when s.op in ('invoke', 'spawn') then (select durable.app_beside(s.workspace_id, c.workspace_id) from durable.children c
            where c.parent_workspace_id = s.workspace_id and c.parent_run_id = s.run_id and c.parent_step_id = s.step_id limit 1) end,
          'answeredBy', case when s.op in ('input', 'approval') then (select i.answered_by from durable.inputs i
            where i.workspace_id = s.workspace_id and i.run_id = s.run_id and i.step_id = s.step_id) end)), '[]')
        from entry s),
      'attempts', (select coalesce(json_agg(json_build_object(
          'id', replace(a.fence::text, '-', ''), 'stepId', case when a.step_id <> ${NO_STEP}::uuid then replace(a.step_id::text, '-', '') end,
          'attempt', a.attempt, 'outcome', a.outcome, ${times(sql, "a")}, 'committedMs', durable.epoch_ms(a.committed_at))), '[]')
        from attempt a),
      'limitWaits', (select coalesce(json_agg(json_build_object(
          'stepId', case when w.step_id <> ${NO_STEP}::uuid then replace(w.step_id::text, '-', '') end,
          'sinceMs', durable.epoch_ms(w.since), 'untilMs', durable.epoch_ms(w.until),
          'limit', json_build_object('id', w.limit_id, 'name', coalesce(m.name, 'a limit that is gone'), 'kind', coalesce(m.kind, 'concurrency'), 'key', w.key))), '[]')
        from durable.limit_waits_of(r.workspace_id, r.id) as w
        left join durable.limits m on m.workspace_id = r.workspace_id and m.id = w.limit_id),
      'actions', (select coalesce(json_agg(json_build_object(
          'atMs', durable.epoch_ms(d.at), 'action', d.action, 'actor', d.actor, 'reason', d.detail) order by d.id), '[]')
        from durable.audit d where d.workspace_id = r.workspace_id and d.target = r.id::text)
    )::text as run
    from durable.runs r
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    where r.workspace_id = ${workspaceId} and r.id = ${runId}::uuid`;
}

function times(sql: Sql, row: "r" | "s" | "a") {
  const of = row === "r" ? sql`r` : row === "s" ? sql`s` : sql`a`;
  return sql`'scheduledMs', durable.epoch_ms(${of}.scheduled_at), 'leasedMs', durable.epoch_ms(${of}.leased_at),
    'sentMs', durable.epoch_ms(${of}.sent_at), 'firstByteMs', durable.epoch_ms(${of}.first_byte_at),
    'receivedMs', durable.epoch_ms(${of}.received_at), 'appMs', ${of}.app_ms,
    'dispatch', ${row === "a" ? sql`a.fence` : sql`${of}.dispatch`}`;
}

type Fragment = ReturnType<typeof times>;

/** With arrays, and no joins: each is found by the beginning of the key, whatever a plan is made for. */
function attemptsOf(sql: Sql, workspaceId: number, runId: string) {
  return sql`select a.* from durable.attempts a where a.workspace_id = ${workspaceId} and a.run_id = ${runId}::uuid`;
}

/** Steps by when they were asked for, dispatches of the run that left no step by when they were committed. */
function pageOf(sql: Sql, workspaceId: number, runId: string, { order, after, limit }: TracePage) {
  const isAsc = order === "asc";
  const direction = isAsc ? sql`asc` : sql`desc`;
  const beyond = (at: Fragment, id: Fragment) =>
    after === null
      ? sql``
      : sql`and (${at}, ${id}) ${isAsc ? sql`>` : sql`<`} (timestamptz 'epoch' + ${after.atUs}::bigint * interval '1 microsecond', ${after.id}::uuid)`;
  const stepAt = sql`coalesce(s.received_at, s.committed_at)`;
  return sql`page as materialized (
    select q.*, row_number() over (order by q.at ${direction}, q.id ${direction}) as no from (
      (select ${stepAt} as at, s.step_id as id, true as is_step from durable.steps s
        where s.workspace_id = ${workspaceId} and s.run_id = ${runId}::uuid ${beyond(stepAt, sql`s.step_id`)}
        order by 1 ${direction}, 2 ${direction} limit ${limit})
      union all
      (select a.committed_at, a.fence, false from durable.attempts a
        where a.workspace_id = ${workspaceId} and a.run_id = ${runId}::uuid and a.step_id = ${NO_STEP}::uuid ${beyond(sql`a.committed_at`, sql`a.fence`)}
        order by 1 ${direction}, 2 ${direction} limit ${limit})
      order by 1 ${direction}, 2 ${direction} limit ${limit}) as q
  ), `;
}
