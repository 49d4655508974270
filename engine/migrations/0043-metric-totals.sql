-- What has been counted since ever, beside the minutes (0042): a scrape wants counters that only go up, and must not add up a month
-- of minutes each time.

create table durable.metric_totals (
  workspace_id int not null,
  function_id text not null,
  no bigint generated always as identity,    -- the order in which functions were first counted: who gets a label of its own, for good
  started bigint not null,
  completed bigint not null,
  failed bigint not null,
  cancelled bigint not null,
  failed_attempts bigint not null,
  primary key (workspace_id, function_id)
) with (fillfactor = 50);

-- Buckets as in metric_phases.
create table durable.metric_phase_totals (
  workspace_id int not null,
  function_id text not null,
  phase text not null,
  bucket smallint not null,
  count bigint not null,
  sum_ms float8 not null,
  primary key (workspace_id, function_id, phase, bucket)
) with (fillfactor = 50);

-- Jobs behind each limit when the backlog was counted last. No history: the backlog has that of all limits together.
create table durable.metric_limits (
  workspace_id int not null,
  limit_id uuid not null,
  parked int not null,
  primary key (workspace_id, limit_id)
);

-- Whose runs are ready or under way, as counted last, with the backlog. No history, as of limits. Those that wait for something are not
-- in it: they may be millions, and each would have to be asked which function it is of.
create table durable.metric_functions (
  workspace_id int not null,
  function_id text not null,
  queued int not null,                       -- of 100,000 runs of all workspaces at most
  running int not null,
  oldest_queued_ms float8,                   -- null: none is queued
  primary key (workspace_id, function_id)
);

-- Tries of a run's steps, or of its function, that failed, brought no answer or were lost; of the first so many, or of all. By the run's
-- key alone.
create function durable.failed_attempts_of(p_workspace int, p_run uuid, p_looked int = null) returns bigint language sql stable as $$
  select count(*) from (select a.outcome from durable.attempts a where a.workspace_id = p_workspace and a.run_id = p_run limit p_looked) as a
  where a.outcome in ('failed', 'transport', 'protocol', 'lost')
$$;

-- Counts what has changed since the last time. Null: another process is doing it. Locks the cursor, then rows of minutes and totals in order.
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

  with counted as (
    select c.workspace, c.at, r.function_id, count(*) filter (where c.kind = 'run.created') as started,
      count(*) filter (where c.kind = 'run.completed') as completed, count(*) filter (where c.kind = 'run.failed') as failed,
      count(*) filter (where c.kind = 'run.cancelled') as cancelled,
      coalesce(sum(case when c.kind <> 'run.created' then durable.failed_attempts_of(c.workspace, c.run) end), 0) as failed_attempts
    from unnest(v_workspace, v_run, v_kind, v_at) as c(workspace, run, kind, at)
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run
    group by 1, 2, 3
  ), minutes as (
    insert into durable.metric_minutes as m (workspace_id, minute, function_id, started, completed, failed, cancelled, failed_attempts)
      select c.workspace, c.at, c.function_id, c.started, c.completed, c.failed, c.cancelled, c.failed_attempts from counted c order by 1, 2, 3
      on conflict (workspace_id, minute, function_id) do update set started = m.started + excluded.started,
        completed = m.completed + excluded.completed, failed = m.failed + excluded.failed, cancelled = m.cancelled + excluded.cancelled,
        failed_attempts = m.failed_attempts + excluded.failed_attempts
  )
  insert into durable.metric_totals as t (workspace_id, function_id, started, completed, failed, cancelled, failed_attempts)
    select c.workspace, c.function_id, sum(c.started), sum(c.completed), sum(c.failed), sum(c.cancelled), sum(c.failed_attempts) from counted c group by 1, 2 order by 1, 2
    on conflict (workspace_id, function_id) do update set started = t.started + excluded.started,
      completed = t.completed + excluded.completed, failed = t.failed + excluded.failed, cancelled = t.cancelled + excluded.cancelled,
      failed_attempts = t.failed_attempts + excluded.failed_attempts;

  with counted as (
    select c.workspace, c.at, r.function_id, p.phase, durable.metric_bucket(p.ms) as bucket, count(*) as count, sum(greatest(p.ms, 0)) as sum_ms
    from unnest(v_workspace, v_run, v_kind, v_at) as c(workspace, run, kind, at)
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run
    cross join lateral (values
      ('total', extract(epoch from r.ended_at - coalesce(r.begins_at, r.created_at))::float8 * 1000),
      -- A job that moves from gate to gate keeps its beginning, and steps wait beside each other: each moment counts once.
      ('limit', (select extract(epoch from sum(upper(t) - lower(t)))::float8 * 1000
        from unnest((select range_agg(tstzrange(w.since, w.until)) from durable.limit_waits w
          where w.workspace_id = r.workspace_id and w.run_id = r.id and w.until > w.since)) as t)),
      ('queue', extract(epoch from r.leased_at - r.scheduled_at)::float8 * 1000),
      ('network', case when r.app_ms <= extract(epoch from r.received_at - r.sent_at) * 1000 then extract(epoch from r.received_at - r.sent_at)::float8 * 1000 - r.app_ms end),
      ('app', r.app_ms::float8)) as p(phase, ms)
    where c.kind <> 'run.created' and p.ms is not null
    group by 1, 2, 3, 4, 5
  ), minutes as (
    insert into durable.metric_phases as m (workspace_id, minute, function_id, phase, bucket, count)
      select c.workspace, c.at, c.function_id, c.phase, c.bucket, c.count from counted c order by 1, 2, 3, 4, 5
      on conflict (workspace_id, minute, function_id, phase, bucket) do update set count = m.count + excluded.count
  )
  insert into durable.metric_phase_totals as t (workspace_id, function_id, phase, bucket, count, sum_ms)
    select c.workspace, c.function_id, c.phase, c.bucket, sum(c.count), sum(c.sum_ms) from counted c group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (workspace_id, function_id, phase, bucket) do update set count = t.count + excluded.count, sum_ms = t.sum_ms + excluded.sum_ms;

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
    delete from durable.metric_functions;
    insert into durable.metric_functions (workspace_id, function_id, queued, running, oldest_queued_ms)
      select l.workspace_id, r.function_id, count(*) filter (where l.status = 'queued'), count(*) filter (where l.status = 'running'),
        max(greatest(0, extract(epoch from durable.durable_now())::float8 * 1000 - coalesce(l.came, l.ready_rank) / 1000.0::float8))
          filter (where l.status = 'queued')
      from (select o.workspace_id, o.run_id, o.status, o.came, o.ready_rank from durable.live_runs o
        where o.status in ('queued', 'running') limit 100000) as l
      join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id
      group by 1, 2;
    delete from durable.metric_limits;
    insert into durable.metric_limits (workspace_id, limit_id, parked)
      select k.workspace_id, g.limit_id, sum(k.count)::int
      from (select k.workspace_id, k.gate_id, count(*) as count from durable.parked k group by 1, 2) as k
      join durable.gates g on g.workspace_id = k.workspace_id and g.id = k.gate_id
      group by 1, 2;
    delete from durable.metric_minutes where minute < v_minute - p_keep_days * interval '1 day';
    delete from durable.metric_phases where minute < v_minute - p_keep_days * interval '1 day';
    delete from durable.metric_backlogs where minute < v_minute - p_keep_days * interval '1 day';
    v_cursor.sampled_at := v_minute;
  end if;
  update durable.metric_cursor
    set snapshot = v_to, read_at = clock_timestamp(), sampled_at = v_cursor.sampled_at, lost_at = v_cursor.lost_at;
  return coalesce(cardinality(v_run), 0);
end $$;
