-- Schedules: functions started by the clock. When a line of cron comes is told by engines (domain/ticks.ts), by the clock of
-- the database; what is here keeps how far each schedule is. A tick is an event with an id of its own (`durable.tick/`,
-- schedule, instant), so that it exists once however many engines accept it.

create table durable.schedules (
  workspace_id int not null,
  id text not null,                          -- of those in code: the function's and a hash of line and zone, so that it
                                             -- stays what it is wherever it stands in a list
  function_id text not null,
  is_declared boolean not null,              -- by code, and so changed and removed by sync
  cron text not null,
  tz text not null,
  jitter_ms float8 not null,
  catch_up text not null,                    -- none | last | all
  overlap text not null,                     -- allow | skip | queue | cancel
  condition text,                            -- CEL over the event of a tick; one that does not meet it is a skip
  data text,                                 -- JSON that runs get; null: what the tick is
  revision int not null default 1,           -- raised by every change, also that of a tick: what a scheduler compares
  handled_to timestamptz not null,           -- all ticks up to here are dealt with, to the second
  owed timestamptz[] not null default '{}',  -- of those dealt with: ticks that are to be started, and may not be events yet
  next_at timestamptz,                       -- when a scheduler looks at it; null: it stands still
  paused_at timestamptz,
  removed_at timestamptz,                    -- declared before, and no longer
  created_at timestamptz not null,
  last_tick_at timestamptz,                  -- the last that became an event
  last_run_id uuid,                          -- the last run that a tick started
  primary key (workspace_id, id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
create index schedules_by_next on durable.schedules (next_at) where next_at is not null;
create index schedules_by_function on durable.schedules (workspace_id, function_id);

-- The limit that all schedules of a workspace share whose runs must not overlap: one run at a time, by schedule (0026). The
-- same id as in domain/overlap.ts.
create function durable.overlap_limit() returns uuid
language sql immutable as $$ select 'e197da03-daad-4b21-6754-614ab5637ba0'::uuid $$;

create function durable.ensure_overlap_limit(p_workspace int) returns void
language sql volatile as $$
  insert into durable.limits (workspace_id, id, name, function_id, kind, declared)
    select p_workspace, durable.overlap_limit(), 'overlap of schedules', null, 'concurrency', 1
    where exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.overlap <> 'allow')
    on conflict do nothing
$$;

-- From when on a schedule that begins, or goes on, owes its ticks.
create function durable.schedule_now() returns timestamptz
language sql stable as $$ select date_trunc('second', durable.durable_now()) $$;

create function durable.is_served(p_workspace int, p_function text) returns boolean
language sql stable as $$
  select exists (select 1 from durable.functions f
    where f.workspace_id = p_workspace and f.id = p_function and f.removed_at is null)
$$;

-- Part of a sync: what the code declares by now. One that is no longer declared stops, and so does one that was made by
-- hand for a function that is gone; neither owes anything for that time when it comes back. A pause outlasts all this.
create function durable.declare_schedules(p_workspace int, c_id text[], c_function text[], c_cron text[], c_tz text[],
  c_jitter_ms float8[], c_catch_up text[], c_overlap text[], c_data text[], c_condition text[]) returns void
language plpgsql as $$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  update durable.schedules s set removed_at = v_now, next_at = null, owed = '{}', revision = s.revision + 1
    where s.workspace_id = p_workspace and s.is_declared and s.removed_at is null and s.id <> all (c_id);
  insert into durable.schedules as s
      (workspace_id, id, function_id, is_declared, cron, tz, jitter_ms, catch_up, overlap, data, condition, handled_to, next_at, created_at)
    select p_workspace, c.id, c.function_id, true, c.cron, c.tz, c.jitter_ms, c.catch_up, c.overlap, c.data, c.condition, v_now, v_now, v_now
    from unnest(c_id, c_function, c_cron, c_tz, c_jitter_ms, c_catch_up, c_overlap, c_data, c_condition)
      as c(id, function_id, cron, tz, jitter_ms, catch_up, overlap, data, condition) order by c.id
    on conflict (workspace_id, id) do update
      set jitter_ms = excluded.jitter_ms, catch_up = excluded.catch_up, overlap = excluded.overlap, data = excluded.data,
          condition = excluded.condition,
          handled_to = case when s.removed_at is null then s.handled_to else v_now end,
          next_at = case when s.removed_at is null then s.next_at when s.paused_at is null then v_now end,
          removed_at = null, revision = s.revision + 1
      where s.removed_at is not null or (s.jitter_ms, s.catch_up, s.overlap, s.data, s.condition)
        is distinct from (excluded.jitter_ms, excluded.catch_up, excluded.overlap, excluded.data, excluded.condition);
  update durable.schedules s
    set next_at = case when durable.is_served(p_workspace, s.function_id) then v_now end, handled_to = v_now, owed = '{}',
        revision = s.revision + 1
    where s.workspace_id = p_workspace and not s.is_declared and s.paused_at is null
      and (s.next_at is not null) <> durable.is_served(p_workspace, s.function_id);
  perform durable.ensure_overlap_limit(p_workspace);
end $$;

-- A person makes one. Answers created, same (made before, just so), taken (there is another under this id) or unserved.
-- A sync that takes the function away waits, or is waited for: its schedules stop with it.
create function durable.create_schedule(p_workspace int, p_actor text, p_id text, p_function text, p_cron text, p_tz text,
  p_jitter_ms float8, p_catch_up text, p_overlap text, p_data text, p_condition text) returns text
language plpgsql as $$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  perform 1 from durable.workspaces w where w.id = p_workspace for share;
  if not durable.is_served(p_workspace, p_function) then
    return 'unserved';
  end if;
  insert into durable.schedules
      (workspace_id, id, function_id, is_declared, cron, tz, jitter_ms, catch_up, overlap, data, condition, handled_to, next_at, created_at)
    values (p_workspace, p_id, p_function, false, p_cron, p_tz, p_jitter_ms, p_catch_up, p_overlap, p_data, p_condition, v_now, v_now, v_now)
    on conflict do nothing;
  if not found then
    return case when exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id
      and (s.function_id, s.cron, s.tz, s.jitter_ms, s.catch_up, s.overlap, s.data, s.condition)
        is not distinct from (p_function, p_cron, p_tz, p_jitter_ms, p_catch_up, p_overlap, p_data, p_condition)) then 'same' else 'taken' end;
  end if;
  perform durable.ensure_overlap_limit(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.create', p_id);
  return 'created';
end $$;

-- A person changes one that was made by hand. One with another line or zone owes nothing for the time before. Answers
-- changed, declared (by code, which is where it is changed), stale (it is another than `p_revision`) or null: there is none.
create function durable.change_schedule(p_workspace int, p_actor text, p_id text, p_revision int, p_cron text, p_tz text,
  p_jitter_ms float8, p_catch_up text, p_overlap text, p_data text, p_condition text) returns text
language plpgsql as $$
declare
  v_now constant timestamptz := durable.schedule_now();
  v_schedule durable.schedules;
begin
  select * into v_schedule from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id for update;
  if not found then
    return null;
  elsif v_schedule.is_declared then
    return 'declared';
  elsif v_schedule.revision <> p_revision then
    return 'stale';
  end if;
  update durable.schedules s
    set jitter_ms = p_jitter_ms, catch_up = p_catch_up, overlap = p_overlap, data = p_data, condition = p_condition, cron = p_cron, tz = p_tz, revision = s.revision + 1,
        handled_to = case when (s.cron, s.tz) = (p_cron, p_tz) then s.handled_to else v_now end,
        next_at = case when (s.cron, s.tz) = (p_cron, p_tz) or s.next_at is null then s.next_at else v_now end
    where s.workspace_id = p_workspace and s.id = p_id;
  perform durable.ensure_overlap_limit(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.change', p_id);
  return 'changed';
end $$;

-- A person stops one, or lets it go on. What is due by the pause is still started, or told as missed; for the time between it
-- owes nothing. Answers whether there is one.
create function durable.pause_schedule(p_workspace int, p_actor text, p_id text, p_paused boolean, p_reason text) returns boolean
language plpgsql as $$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  -- As in create_schedule: whether its function is served must not change meanwhile.
  perform 1 from durable.workspaces w where w.id = p_workspace for share;
  update durable.schedules s
    set paused_at = case when p_paused then durable.durable_now() end, revision = s.revision + 1,
        handled_to = case when p_paused then s.handled_to else v_now end,
        next_at = case when p_paused and (s.next_at <= durable.durable_now() or s.owed <> '{}') then s.next_at
          when not p_paused and s.removed_at is null and durable.is_served(p_workspace, s.function_id) then v_now end
    where s.workspace_id = p_workspace and s.id = p_id and (s.paused_at is null) = p_paused;
  if not found then
    return exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id);
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, case when p_paused then 'schedule.pause' else 'schedule.resume' end, p_id,
      json_build_object('reason', p_reason)::text);
  return true;
end $$;

-- Answers deleted, declared or null: there is none.
create function durable.delete_schedule(p_workspace int, p_actor text, p_id text) returns text
language plpgsql as $$
declare
  v_declared boolean;
begin
  select s.is_declared into v_declared from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id for update;
  if not found then
    return null;
  elsif v_declared then
    return 'declared';
  end if;
  delete from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id;
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.delete', p_id);
  return 'deleted';
end $$;

-- What stands in the way of a tick: runs under way that its schedule has started, those at its gate and the last one, which
-- may not have come there yet. Nothing, once the tick is an event: it was decided then, and what is under way by now is its
-- own run, or that of a later tick. Both are looked at in one snapshot.
create function durable.runs_before_tick(p_workspace int, p_gate uuid, p_last_run uuid, p_tick text) returns uuid[]
language sql stable as $$
  select case when exists (select 1 from durable.event_ids k where k.workspace_id = p_workspace and k.client_id = p_tick) then '{}' else array(
    select g.run_id from durable.grants g where g.workspace_id = p_workspace and g.gate_id = p_gate
    union
    select k.run_id from durable.parked k where k.workspace_id = p_workspace and k.gate_id = p_gate
    union
    select l.run_id from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_last_run
    limit 1000) end
$$;

-- A scheduler has computed what these schedules owe, and it is written down before any of it is done: which ticks are to be
-- started (`o_at`, of the row `o_no`), and which are missed. So no tick is told as missed that was started, whoever
-- dies in between. What another scheduler, or a person, has changed meanwhile stays as it is. Answers the rows that went on.
-- Others look at those with ticks to start after a second, when who wrote them down may be dead. What is missed is an event
-- as well, with its skip, so that it is found where all is that did not become a run.
create function durable.claim_ticks(
  s_workspace int[], s_id text[], s_revision int[], s_handled float8[], s_next float8[], s_missed text[], s_detail text[],
  o_no int[], o_at float8[]) returns int[]
language plpgsql as $$
declare
  v_now constant timestamptz := durable.durable_now();
  v_moved int[];
  v_event uuid[];
begin
  select coalesce(array_agg(q.no), '{}'), array_agg(durable.uuid_v7()) into v_moved, v_event from (
    select q.no from unnest(s_workspace, s_id, s_revision) with ordinality as q(workspace, id, revision, no)
    join durable.schedules s on s.workspace_id = q.workspace and s.id = q.id and s.revision = q.revision
    order by s.workspace_id, s.id for update of s) as q;
  update durable.schedules s
    set handled_to = to_timestamp(s_handled[q.no]), owed = q.owed, revision = s.revision + 1,
        next_at = case when q.owed = '{}' then to_timestamp(s_next[q.no]) else v_now + interval '1 second' end
    from (select m.no, array(select to_timestamp(o.at) from unnest(o_no, o_at) as o(no, at) where o.no = m.no order by 1) as owed
      from unnest(v_moved) as m(no)) as q
    where s.workspace_id = s_workspace[q.no] and s.id = s_id[q.no];
  with told as (
    insert into durable.events (workspace_id, id, name, data, time, received_at)
      select s_workspace[q.no], q.event, 'durable.tick', s_missed[q.no], v_now, v_now
      from unnest(v_moved, v_event) as q(no, event) where s_missed[q.no] is not null
      returning workspace_id, id)
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select told.workspace_id, durable.uuid_v7(), told.id, s.function_id, 'missed', s_detail[q.no], s_missed[q.no], v_now
    from told join unnest(v_moved, v_event) as q(no, event) on q.event = told.id
    join durable.schedules s on s.workspace_id = told.workspace_id and s.id = s_id[q.no];
  return v_moved;
end $$;

-- What these schedules owed is events by now. Answers how many were still as they were found.
create function durable.settle_ticks(
  s_workspace int[], s_id text[], s_revision int[], s_next float8[], s_tick float8[], s_run uuid[]) returns int
language plpgsql as $$
declare
  v_moved int[];
begin
  v_moved := array(
    select q.no from unnest(s_workspace, s_id, s_revision) with ordinality as q(workspace, id, revision, no)
    join durable.schedules s on s.workspace_id = q.workspace and s.id = q.id and s.revision = q.revision
    order by s.workspace_id, s.id for update of s);
  update durable.schedules s
    set owed = '{}', next_at = to_timestamp(s_next[q.no]), revision = s.revision + 1, last_tick_at = to_timestamp(s_tick[q.no]),
        last_run_id = coalesce(
          (select r.id from durable.runs r where r.workspace_id = s.workspace_id and r.id = s_run[q.no]), s.last_run_id)
    from unnest(v_moved) as q(no) where s.workspace_id = s_workspace[q.no] and s.id = s_id[q.no];
  return cardinality(v_moved);
end $$;
