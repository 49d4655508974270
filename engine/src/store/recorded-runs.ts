import { NO_STEP } from "../domain/ids.ts";
import type { Database, Sql } from "./database.ts";
import { decodeRecorded, type RecordedPage, type RecordedRow, type TraceKey } from "./recorded-columns.ts";
import { unlessAborted } from "./unless-aborted.ts";

export type { RecordedPage, TraceKey } from "./recorded-columns.ts";

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

/** Of what is read: a page, or all; and who may lose interest in it. */
export interface RecordedOptions {
  readonly page?: TracePage | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One statement, one snapshot, and no value of any step. A page is found along the keys of its run alone: what is read of
 * a run of 40,000 steps is their times, and of the steps on the page the rest. Null for an id that is not in this workspace.
 */
export async function loadRecorded(
  { sql }: Database,
  ref: RunRef,
  { page = null, signal }: RecordedOptions = {},
): Promise<RecordedPage | null> {
  const [row] = await unlessAborted(recordedRun(sql, ref, page), signal);
  return row === undefined ? null : await decodeRecorded(row);
}

/** The statement, for whoever wants to see its plan. */
export function recordedRun(sql: Sql, { workspaceId, runId }: RunRef, page: TracePage | null) {
  return sql<RecordedRow[]>`
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
      'createdUs', durable.epoch_us(r.created_at), 'endedUs', durable.epoch_us(r.ended_at), 'nowUs', durable.epoch_us(durable.durable_now()),
      'readyUs', case when l.status = 'queued' then coalesce(l.came, l.ready_rank) end,
      'begin', case when r.begins_at is not null then json_build_object('atUs', durable.epoch_us(r.begins_at), 'cause', r.begin_cause) end,
      'last', case when r.sent_at is not null then json_build_object(
        'scheduledUs', durable.epoch_us(r.scheduled_at), 'leasedUs', durable.epoch_us(r.leased_at), 'sentUs', durable.epoch_us(r.sent_at),
        'firstByteUs', durable.epoch_us(r.first_byte_at), 'receivedUs', durable.epoch_us(r.received_at), 'appMs', r.app_ms,
        'dispatch', r.dispatch) end,
      'limitWaits', (select coalesce(json_agg(json_build_object(
          'stepId', case when w.step_id <> ${NO_STEP}::uuid then replace(w.step_id::text, '-', '') end,
          'sinceUs', durable.epoch_us(w.since), 'untilUs', durable.epoch_us(w.until),
          'limit', json_build_object('id', w.limit_id, 'name', coalesce(m.name, 'a limit that is gone'), 'kind', coalesce(m.kind, 'concurrency'), 'key', w.key))), '[]')
        from durable.limit_waits_of(r.workspace_id, r.id) as w
        left join durable.limits m on m.workspace_id = r.workspace_id and m.id = w.limit_id),
      'actions', (select coalesce(json_agg(json_build_object(
          'atUs', durable.epoch_us(d.at), 'action', d.action, 'actor', d.actor, 'reason', d.detail) order by d.id), '[]')
        from durable.audit d where d.workspace_id = r.workspace_id and d.target = r.id::text)
    )::text as run,
    ${
      page === null
        ? sql`null`
        : sql`(select coalesce(json_agg(json_build_object('id', replace(p.id::text, '-', ''),
        'key', json_build_object('atUs', durable.epoch_us(p.at)::text, 'id', p.id)) order by p.no), '[]')::text from page p)`
    } as page,
    (select json_build_object(
        'id', array_agg(s.step_id), 'scope', array_agg(s.scope), 'op', array_agg(s.op), 'name', array_agg(s.name), 'n', array_agg(s.n),
        'status', array_agg(s.status), 'seq', array_agg(s.seq), 'attempt', array_agg(s.attempt), 'dueUs', array_agg(durable.epoch_us(s.due_at)),
        ${times(sql, sql`s`)}, 'dispatch', array_agg(s.dispatch),
        'committedUs', array_agg(durable.epoch_us(s.committed_at)), 'settledUs', array_agg(durable.epoch_us(s.settled_at)), 'eventId', array_agg(s.event_id),
        'childId', array_agg(case when s.op in ('invoke', 'spawn') then (select c.run_id from durable.children c
          where c.parent_workspace_id = s.workspace_id and c.parent_run_id = s.run_id and c.parent_step_id = s.step_id limit 1) end),
        'childApp', array_agg(case when s.op in ('invoke', 'spawn') then (select durable.app_beside(s.workspace_id, c.workspace_id) from durable.children c
          where c.parent_workspace_id = s.workspace_id and c.parent_run_id = s.run_id and c.parent_step_id = s.step_id limit 1) end),
        'answeredBy', array_agg(case when s.op in ('input', 'approval') then (select i.answered_by from durable.inputs i
          where i.workspace_id = s.workspace_id and i.run_id = s.run_id and i.step_id = s.step_id) end))::text
      from entry s) as entries,
    (select json_build_object(
        'id', array_agg(a.fence), 'stepId', array_agg(nullif(a.step_id, ${NO_STEP}::uuid)), 'attempt', array_agg(a.attempt),
        'outcome', array_agg(a.outcome), ${times(sql, sql`a`)}, 'committedUs', array_agg(durable.epoch_us(a.committed_at)))::text
      from attempt a) as attempts
    from durable.runs r
    left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
    where r.workspace_id = ${workspaceId} and r.id = ${runId}::uuid`;
}

function times(sql: Sql, of: Fragment) {
  return sql`'scheduledUs', array_agg(durable.epoch_us(${of}.scheduled_at)), 'leasedUs', array_agg(durable.epoch_us(${of}.leased_at)),
    'sentUs', array_agg(durable.epoch_us(${of}.sent_at)), 'firstByteUs', array_agg(durable.epoch_us(${of}.first_byte_at)),
    'receivedUs', array_agg(durable.epoch_us(${of}.received_at)), 'appMs', array_agg(${of}.app_ms)`;
}

type Fragment = ReturnType<typeof attemptsOf>;

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
