-- Steps with a lease of their own, and what ends open entries before they are settled. Lock order: live_runs, tasks,
-- ready; the claim (0009) takes tasks with SKIP LOCKED.

-- Open entries that nobody will settle any more: their tasks with their jobs, timers and waits go, their questions leave
-- the inbox, and they become `cancelled`; children that they wait for are let down. What is settled stays as it is. The
-- caller holds the live_runs rows (or has deleted them). The one place that knows everything an open entry can own.
create function durable.close_entries(c_workspace int[], c_run uuid[], c_step uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  perform durable.drop_children(array_agg(c.workspace), array_agg(c.run), array_agg(c.step))
    from unnest(c_workspace, c_run, c_step) as c(workspace, run, step)
    join durable.steps t on t.workspace_id = c.workspace and t.run_id = c.run and t.step_id = c.step
    where t.op = 'invoke' and t.seq is null and t.status <> 'cancelled' having count(*) > 0;
  with entry as materialized (
    select c.workspace, c.run, c.step from unnest(c_workspace, c_run, c_step) as c(workspace, run, step)
    join durable.steps t on t.workspace_id = c.workspace and t.run_id = c.run and t.step_id = c.step
    where t.seq is null and t.status <> 'cancelled'
  ), task as (
    delete from durable.tasks t using entry e
      where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
      returning t.workspace_id, t.run_id, t.step_id, t.ready_rank
  ), job as (
    delete from durable.ready r using task t
      where r.rank = t.ready_rank and r.workspace_id = t.workspace_id and r.run_id = t.run_id and r.step_id = t.step_id
  ), timer as (
    delete from durable.timers t using entry e
      where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
  ), wait as (
    delete from durable.waits w using entry e
      where w.workspace_id = e.workspace and w.run_id = e.run and w.step_id = e.step
  ), beat as (
    delete from durable.heartbeats h using entry e
      where h.workspace_id = e.workspace and h.run_id = e.run and h.step_id = e.step
  ), input as (
    update durable.inputs i set status = 'cancelled', ended_at = durable.durable_now() from entry e
      where i.workspace_id = e.workspace and i.run_id = e.run and i.step_id = e.step and i.status = 'open'
  )
  update durable.steps t
    set status = 'cancelled', due_at = null, settled_at = durable.durable_now()
    from entry e where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step;
end $$;

-- The same for all that is open of runs that end, for the retry of their functions, their last checkpoint, their
-- heartbeats and what would cancel them.
create function durable.close_runs(c_workspace int[], c_run uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  perform durable.close_entries(array_agg(t.workspace_id), array_agg(t.run_id), array_agg(t.step_id))
    from unnest(c_workspace, c_run) as c(workspace, run)
    join durable.steps t on t.workspace_id = c.workspace and t.run_id = c.run
    where t.seq is null having count(*) > 0;
  delete from durable.timers t using unnest(c_workspace, c_run) as c(workspace, run)
    where t.workspace_id = c.workspace and t.run_id = c.run and t.step_id in ('00000000-0000-0000-0000-000000000000',
      '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002');
  delete from durable.checkpoints k using unnest(c_workspace, c_run) as c(workspace, run)
    where k.workspace_id = c.workspace and k.run_id = c.run;
  delete from durable.heartbeats h using unnest(c_workspace, c_run) as c(workspace, run)
    where h.workspace_id = c.workspace and h.run_id = c.run;
  delete from durable.waits w using unnest(c_workspace, c_run) as c(workspace, run)
    where w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = '00000000-0000-0000-0000-000000000000';
end $$;

-- A race or a join was decided: these entries lost. Under the fence of the run, so no other turn saw them win. Those that
-- were settled meanwhile stay what they are, but nobody was given what they hold.
create function durable.effect_cancel(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
begin
  perform durable.give_back(f_workspace, f_run, f_step);
  perform durable.close_entries(f_workspace, f_run, f_step);
end $$;

-- Planned steps become tasks, ready at once. f_data: {"kind": step | once | fetch, "request"?: what its op asks for}.
create function durable.effect_task(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  with task as (
    insert into durable.tasks (workspace_id, run_id, step_id, kind, status, fence, ready_rank, request, gates, priority)
      select f.workspace, f.run, f.step, f.data::json ->> 'kind', 'queued', gen_random_uuid(), v_rank + f.no,
        f.data::json ->> 'request', l.step_gates, l.priority
      from unnest(f_workspace, f_run, f_step, f_data) with ordinality as f(workspace, run, step, data, no)
      join durable.steps t on t.workspace_id = f.workspace and t.run_id = f.run and t.step_id = f.step and t.status = 'pending'
      join durable.live_runs l on l.workspace_id = f.workspace and l.run_id = f.run
      returning workspace_id, run_id, step_id, ready_rank)
  insert into durable.ready (rank, workspace_id, run_id, step_id) select ready_rank, workspace_id, run_id, step_id from task;
end $$;

-- Runs that need a person: whoever holds a lease loses it, what is open stays. The caller holds the live_runs rows.
create function durable.pause_runs(p_workspace int[], p_run uuid[], p_failure text[]) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  delete from durable.ready r using unnest(p_workspace, p_run) as p(workspace, run)
    join durable.live_runs l on l.workspace_id = p.workspace and l.run_id = p.run
    where r.rank = l.ready_rank and r.workspace_id = l.workspace_id and r.run_id = l.run_id
      and r.step_id = '00000000-0000-0000-0000-000000000000';
  with paused as (
    update durable.live_runs l
      set status = 'paused', engine_id = null, ready_rank = null, fence = gen_random_uuid(), pausing = false,
          moving = false
      from unnest(p_workspace, p_run) as p(workspace, run)
      where l.workspace_id = p.workspace and l.run_id = p.run
      returning l.workspace_id, l.run_id, l.journal_seq
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select workspace_id, run_id, 'run.paused', journal_seq from paused
  )
  update durable.runs r set pause_reason = p.failure
    from paused l join unnest(p_workspace, p_run, p_failure) as p(workspace, run, failure)
      on p.workspace = l.workspace_id and p.run = l.run_id
    where r.workspace_id = l.workspace_id and r.id = l.run_id;
  perform durable.owe_grouping(p_workspace, p_run);
end $$;

-- Tasks that stopped when they paused their run, ready again: part of every resume. The caller holds the live_runs row.
create function durable.requeue_stopped_tasks(p_workspace int, p_run uuid) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  with task as (
    update durable.tasks t set status = 'queued', ready_rank = v_rank, transport_attempt = 0, lost = 0
      where t.workspace_id = p_workspace and t.run_id = p_run and t.status = 'waiting'
        and not exists (select 1 from durable.timers m
                        where m.workspace_id = t.workspace_id and m.run_id = t.run_id and m.step_id = t.step_id)
      returning t.workspace_id, t.run_id, t.step_id)
  insert into durable.ready (rank, workspace_id, run_id, step_id) select v_rank, workspace_id, run_id, step_id from task;
end $$;

-- The tasks of an engine that died or left, ready for others. One that is lost with a dead engine p_lost_max times
-- pauses its run; null for an engine that left: nothing was lost. The caller holds the engine's row and live_runs of
-- all its tasks. Answers how many there were.
create function durable.free_tasks(p_engine int, p_lost_max int) returns int
language plpgsql as $$
#variable_conflict use_column
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_count int;
  v_workspace int[]; v_run uuid[]; v_failure text[];
begin
  perform 1 from durable.tasks t where t.engine_id = p_engine order by t.workspace_id, t.run_id, t.step_id for update;
  with freed as (
    update durable.tasks t
      set status = case when t.lost + 1 >= p_lost_max then 'waiting' else 'queued' end,
          ready_rank = case when t.lost + 1 >= p_lost_max then null else v_rank end,
          engine_id = null, fence = gen_random_uuid(), lost = case when p_lost_max is null then t.lost else t.lost + 1 end
      where t.engine_id = p_engine
      returning t.workspace_id, t.run_id, t.step_id, t.status, t.lost, t.fence
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id, step_id)
      select v_rank, workspace_id, run_id, step_id from freed where status = 'queued'
  ), attempt as (
    insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure)
      select workspace_id, run_id, fence, step_id, lost, 'lost',
        '{"name":"EngineLost","message":"the engine that held the lease stopped sending heartbeats"}'
      from freed where p_lost_max is not null
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select distinct f.workspace_id, f.run_id, case when p_lost_max is null then 'run.requeue' else 'run.rescued' end, l.journal_seq
      from freed f join durable.live_runs l on l.workspace_id = f.workspace_id and l.run_id = f.run_id
  ), poison as (
    select distinct on (workspace_id, run_id) workspace_id, run_id, lost from freed where status = 'waiting'
    order by workspace_id, run_id
  )
  select (select count(*) from freed), array_agg(p.workspace_id), array_agg(p.run_id), array_agg(
      '{"name":"EngineLost","message":"paused: the lease of one of its steps was lost with a dead engine ' || p.lost || ' times"}')
    into v_count, v_workspace, v_run, v_failure from poison p;
  if v_run is not null then
    perform durable.pause_runs(v_workspace, v_run, v_failure);
  end if;
  return v_count;
end $$;

-- The code of a step that runs at most once is about to be called: on disk before the first byte is sent. Locks its task
-- alone, and waits for nothing else. Answers started (also when this very call is repeated) | interrupted (it began
-- under an earlier fence, and nobody knows how far it came) | gone (the lease is not ours any more).
create function durable.start_once(p_workspace int, p_run uuid, p_step uuid, p_fence uuid) returns text
language plpgsql as $$
declare
  v_started uuid;
begin
  select t.started into v_started from durable.tasks t
    where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step and t.fence = p_fence
      and t.kind = 'once' and t.status = 'running'
    for update;
  if not found then
    return 'gone';
  end if;
  if v_started <> p_fence then
    return 'interrupted';
  end if;
  update durable.tasks t set started = p_fence
    where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step and t.started is null;
  return 'started';
end $$;

-- The outcomes of a group of tasks, each under its own fence, in one call. Items arrive sorted by (workspace, run, step).
-- Locks the runs, then the tasks; a task that is gone (its race was decided, its run has ended) makes its outcome late.
--
-- i_status: ok | err (its entry is settled and the run woken) | retrying (the attempt failed, another follows)
-- | null (no usable answer: sent again, nobody's attempt) | paused (i_failure says why; the task stops).
-- i_compensable: it is `ok` and can be undone. i_logs: what its code said, as `effect_log` reads it; null is nothing.
-- A task of kind `once` that is still there afterwards did not run: every other end of it is `ok` or `err`.
-- Answers one state per item: applied | already (this very commit was applied before) | lost (recorded as late).
create function durable.commit_tasks(
  i_workspace int[], i_run uuid[], i_step uuid[], i_fence uuid[], i_status text[], i_value text[], i_failure text[],
  i_attempt int[], i_transport_attempt int[], i_retry_ms float8[], i_outcome text[], i_outcome_attempt int[], i_outcome_failure text[],
  i_compensable boolean[], i_logs text[],
  i_scheduled float8[], i_leased float8[], i_sent float8[], i_first_byte float8[], i_received float8[], i_app_ms float4[])
returns text[]
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_state text[] := array_fill('lost'::text, array[cardinality(i_run)]);
  v_no int;
begin
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(i_workspace, i_run))
    order by l.workspace_id, l.run_id for update;

  for v_no in
    update durable.tasks t
      set status = 'waiting', engine_id = null, fence = gen_random_uuid(), lost = 0, started = null,
        transport_attempt = i_transport_attempt[q]
      from generate_subscripts(i_run, 1) as q
      where t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q]
        and t.fence = i_fence[q] and t.status = 'running'
      returning q
  loop
    v_state[v_no] := 'applied';
  end loop;

  -- Every task's commit leaves an attempt under its fence: that tells a repeated one from one that came too late.
  select array_agg(case when v_state[q] = 'lost' and exists (
        select 1 from durable.attempts a where a.workspace_id = i_workspace[q] and a.run_id = i_run[q] and a.fence = i_fence[q]
          and a.step_id = i_step[q] and a.outcome <> 'late') then 'already' else v_state[q] end order by q)
    into v_state from generate_subscripts(i_run, 1) as q;
  insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure, name, value,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms)
    select i_workspace[q], i_run[q], i_fence[q], i_step[q], i_outcome_attempt[q],
      case when v_state[q] = 'lost' then 'late' else i_outcome[q] end, i_outcome_failure[q],
      case when v_state[q] = 'lost' then (select t.name from durable.steps t
        where t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q]) end,
      case when v_state[q] = 'lost' then durable.late_value(i_value[q]) end,
      to_timestamp(i_scheduled[q]), to_timestamp(i_leased[q]), to_timestamp(i_sent[q]),
      to_timestamp(i_first_byte[q]), to_timestamp(i_received[q]), i_app_ms[q]
    from generate_subscripts(i_run, 1) as q where v_state[q] <> 'already'
    on conflict do nothing;

  update durable.steps t
    set attempt = i_attempt[q],
        status = case when i_status[q] = 'retrying' or i_attempt[q] > t.attempt and i_status[q] = 'paused' then 'retrying' else t.status end,
        failure = case when i_status[q] = 'retrying' then i_failure[q] else t.failure end,
        due_at = case when i_status[q] = 'retrying' then v_now + i_retry_ms[q] * interval '1 millisecond' end,
        committed_at = case when i_status[q] in ('ok', 'err') then t.committed_at else clock_timestamp() end
    from generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and i_status[q] in ('ok', 'err', 'retrying', 'paused')
      and t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q] and t.seq is null;

  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select i_workspace[q], i_run[q], i_step[q], 'task', v_now + i_retry_ms[q] * interval '1 millisecond'
    from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_retry_ms[q] is not null;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select l.workspace_id, l.run_id, 'run.step', l.journal_seq from generate_subscripts(i_run, 1) as q
    join durable.live_runs l on l.workspace_id = i_workspace[q] and l.run_id = i_run[q]
    where v_state[q] = 'applied' and i_retry_ms[q] is not null;

  delete from durable.heartbeats h using generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and h.workspace_id = i_workspace[q] and h.run_id = i_run[q] and h.step_id = i_step[q];
  delete from durable.tasks t using generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and i_status[q] in ('ok', 'err')
      and t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q];
  perform durable.settle_entries(array_agg(i_workspace[q] order by q), array_agg(i_run[q] order by q), array_agg(i_step[q] order by q),
      array_agg(i_value[q] order by q), array_agg(null::uuid), array_agg(i_failure[q] order by q))
    from generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and i_status[q] in ('ok', 'err') having count(*) > 0;

  perform durable.effect_compensable(array_agg(i_workspace[q]), array_agg(i_run[q]), array_agg(i_step[q]), null)
    from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_compensable[q] having count(*) > 0;

  perform durable.effect_log(array_agg(i_workspace[q] order by q), array_agg(i_run[q] order by q), array_agg(i_step[q] order by q),
      array_agg(i_logs[q] order by q))
    from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_logs[q] is not null having count(*) > 0;

  perform durable.pause_runs(array_agg(p.workspace), array_agg(p.run), array_agg(p.failure))
    from (select distinct on (i_workspace[q], i_run[q]) i_workspace[q] as workspace, i_run[q] as run, i_failure[q] as failure
          from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_status[q] = 'paused'
          order by 1, 2) as p having count(*) > 0;
  return v_state;
end $$;

-- An engine takes up leases that it holds and nobody in it works for. Their dispatch may have been sent all the same, so
-- each gets a new fence first: one fence names one dispatch. What has ended or changed hands meanwhile is passed over.
create function durable.take_up(p_engine int, q_workspace int[], q_run uuid[], q_step uuid[], q_fence uuid[])
returns table (workspace_id int, run_id uuid, step_id uuid, fence uuid, journal_seq int, run_attempt int,
  transport_attempt int, ready_rank bigint)
language plpgsql as $$
#variable_conflict use_column
begin
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  return query
    update durable.live_runs l set fence = gen_random_uuid()
      from unnest(q_workspace, q_run, q_step, q_fence) as q(workspace, run, step, fence)
      where q.step = '00000000-0000-0000-0000-000000000000' and l.workspace_id = q.workspace and l.run_id = q.run
        and l.fence = q.fence and l.engine_id = p_engine
      returning l.workspace_id, l.run_id, q.step, l.fence, l.journal_seq, l.run_attempt, l.transport_attempt, null::bigint;
  return query
    update durable.tasks t set fence = gen_random_uuid()
      from unnest(q_workspace, q_run, q_step, q_fence) as q(workspace, run, step, fence)
      where t.workspace_id = q.workspace and t.run_id = q.run and t.step_id = q.step
        and t.fence = q.fence and t.engine_id = p_engine
      returning t.workspace_id, t.run_id, t.step_id, t.fence, 0, 0, t.transport_attempt, null::bigint;
end $$;
