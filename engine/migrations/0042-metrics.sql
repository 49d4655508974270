-- Figures by the minute, so that the history of a backlog needs no other store. Made of `changes`, which every commit writes, off its
-- path: nothing here is written by a commit.

-- One row: how far it was read. Whoever holds it rolls up; what it read and how far are one transaction, so each change is counted
-- once, whoever dies when. As streams do (0006), it is a snapshot: who commits late is counted late, in the minute of its change.
create table durable.metric_cursor (
  id boolean primary key default true check (id),
  snapshot pg_snapshot not null,
  read_at timestamptz not null,
  sampled_at timestamptz not null,           -- the minute whose backlog was counted last
  lost_at timestamptz                        -- when changes had been dropped that nobody had counted
);
insert into durable.metric_cursor (snapshot, read_at, sampled_at) values (pg_current_snapshot(), clock_timestamp(), '-infinity');

create table durable.metric_minutes (
  workspace_id int not null,
  minute timestamptz not null,
  function_id text not null,
  started int not null,
  completed int not null,
  failed int not null,
  cancelled int not null,
  primary key (workspace_id, minute, function_id)
) with (fillfactor = 50);

-- How long runs took that ended in that minute, in buckets four to the octave: bucket b holds what is at most 2^(b/4) ms.
create table durable.metric_phases (
  workspace_id int not null,
  minute timestamptz not null,
  function_id text not null,
  phase text not null,                       -- total | limit, of the run | queue | network | app, of its last dispatch
  bucket smallint not null,
  count int not null,
  primary key (workspace_id, minute, function_id, phase, bucket)
) with (fillfactor = 50);

-- The backlog, once a minute.
create table durable.metric_backlogs (
  workspace_id int not null,
  minute timestamptz not null,
  queued int not null,                       -- with those that stand at a limit or are held by a pause
  parked int not null,                       -- jobs of those
  running int not null,
  waiting int not null,
  paused int not null,
  oldest_queued_ms float8,                   -- null: none is queued
  circuit text not null,                     -- closed | open | limited: its app's endpoint
  primary key (workspace_id, minute)
);

create function durable.metric_bucket(p_ms float8) returns smallint language sql immutable as $$
  select case when p_ms <= 1 then 0 else least(127, ceil(ln(p_ms) / ln(2) * 4))::smallint end
$$;

-- The changes that this snapshot sees and the other did not. Both conditions on xid are the index's.
create function durable.changes_between(p_from pg_snapshot, p_to pg_snapshot)
returns table (workspace_id int, run_id uuid, kind text, at timestamptz) language sql stable as $$
  select c.workspace_id, c.run_id, c.kind, c.at from (
    select * from durable.changes where xid >= pg_snapshot_xmax(p_from)
    union all
    select * from durable.changes where xid = any (array(select pg_snapshot_xip(p_from)))
    union all
    select * from durable.changes_before where xid >= pg_snapshot_xmax(p_from)
    union all
    select * from durable.changes_before where xid = any (array(select pg_snapshot_xip(p_from)))) as c
  where pg_visible_in_snapshot(c.xid, p_to)
$$;

-- Counts what has changed since the last time. Null: another process is doing it. Locks the cursor, then rows of minutes in order.
create function durable.roll_up(p_keep_days int) returns int language plpgsql as $$
#variable_conflict use_column
declare
  v_cursor durable.metric_cursor;
  v_to pg_snapshot;
  v_minute timestamptz := date_trunc('minute', clock_timestamp());
  v_workspace int[]; v_run uuid[]; v_kind text[]; v_at timestamptz[];
begin
  select * into v_cursor from durable.metric_cursor for update skip locked;
  if not found then
    return null;
  end if;
  v_to := pg_current_snapshot();
  -- Of another life of the database, whose transactions have other numbers: see epochs (0006).
  if pg_snapshot_xmax(v_cursor.snapshot) > pg_snapshot_xmax(v_to) then
    v_cursor.snapshot := v_to;
    v_cursor.lost_at := clock_timestamp();
  end if;
  if not pg_visible_in_snapshot((select l.dropped from durable.change_log l), v_cursor.snapshot) then
    v_cursor.lost_at := clock_timestamp();
  end if;
  select array_agg(c.workspace_id), array_agg(c.run_id), array_agg(c.kind), array_agg(date_trunc('minute', c.at))
    into v_workspace, v_run, v_kind, v_at
    from durable.changes_between(v_cursor.snapshot, v_to) as c
    where c.kind in ('run.created', 'run.completed', 'run.failed', 'run.cancelled');

  insert into durable.metric_minutes as m (workspace_id, minute, function_id, started, completed, failed, cancelled)
    select c.workspace, c.at, r.function_id, count(*) filter (where c.kind = 'run.created'), count(*) filter (where c.kind = 'run.completed'),
      count(*) filter (where c.kind = 'run.failed'), count(*) filter (where c.kind = 'run.cancelled')
    from unnest(v_workspace, v_run, v_kind, v_at) as c(workspace, run, kind, at)
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run
    group by 1, 2, 3 order by 1, 2, 3
    on conflict (workspace_id, minute, function_id) do update set started = m.started + excluded.started,
      completed = m.completed + excluded.completed, failed = m.failed + excluded.failed, cancelled = m.cancelled + excluded.cancelled;

  insert into durable.metric_phases as m (workspace_id, minute, function_id, phase, bucket, count)
    select c.workspace, c.at, r.function_id, p.phase, durable.metric_bucket(p.ms), count(*)
    from unnest(v_workspace, v_run, v_kind, v_at) as c(workspace, run, kind, at)
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run
    cross join lateral (values
      ('total', extract(epoch from r.ended_at - coalesce(r.begins_at, r.created_at))::float8 * 1000),
      ('limit', (select extract(epoch from sum(w.until - w.since))::float8 * 1000 from durable.limit_waits w
        where w.workspace_id = r.workspace_id and w.run_id = r.id)),
      ('queue', extract(epoch from r.leased_at - r.scheduled_at)::float8 * 1000),
      ('network', case when r.app_ms <= extract(epoch from r.received_at - r.sent_at) * 1000 then extract(epoch from r.received_at - r.sent_at)::float8 * 1000 - r.app_ms end),
      ('app', r.app_ms::float8)) as p(phase, ms)
    where c.kind <> 'run.created' and p.ms is not null
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (workspace_id, minute, function_id, phase, bucket) do update set count = m.count + excluded.count;

  if v_cursor.sampled_at < v_minute then
    insert into durable.metric_backlogs (workspace_id, minute, queued, parked, running, waiting, paused, oldest_queued_ms, circuit)
      select l.workspace_id, v_minute, count(*) filter (where l.status = 'queued'), coalesce(max(k.count), 0),
        count(*) filter (where l.status = 'running'), count(*) filter (where l.status = 'waiting'), count(*) filter (where l.status = 'paused'),
        max(greatest(0, extract(epoch from durable.durable_now())::float8 * 1000 - coalesce(l.came, l.ready_rank) / 1000.0::float8))
          filter (where l.status = 'queued'),
        coalesce(max(c.state), 'closed')
      from durable.live_runs l
      left join (select k.workspace_id, count(*)::int as count from durable.parked k group by 1) as k on k.workspace_id = l.workspace_id
      left join durable.circuits c on c.workspace_id = l.workspace_id
      group by 1 on conflict do nothing;
    delete from durable.metric_minutes where minute < v_minute - p_keep_days * interval '1 day';
    delete from durable.metric_phases where minute < v_minute - p_keep_days * interval '1 day';
    delete from durable.metric_backlogs where minute < v_minute - p_keep_days * interval '1 day';
    v_cursor.sampled_at := v_minute;
  end if;
  update durable.metric_cursor
    set snapshot = v_to, read_at = clock_timestamp(), sampled_at = v_cursor.sampled_at, lost_at = v_cursor.lost_at;
  return coalesce(cardinality(v_run), 0);
end $$;
