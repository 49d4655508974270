-- Runs that go again: a new run that names its origin, and may begin with a part of its journal (decision 0041).

-- A run that a person asks for: past the shapes of its function, at its gates. p_birth: {"version", "run_gates", "step_gates",
-- "units", "priority", "tenant", "timeouts": [{"kind", "ms"}], "gates": [{"id", "limit", "unit", "key"}], "tenants": [{"id",
-- "queue", "function", "key", "weight"}],
-- "terms": [[name, value]]}. Nobody knows it before this commit, so nothing is locked for it.
create function durable.bear_run(p_workspace int, p_run uuid, p_function text, p_event uuid, p_birth json) returns void
language plpgsql as $$
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at)
    values (p_workspace, p_run, p_function, (p_birth ->> 'version')::int, p_event, durable.durable_now());
  insert into durable.gatekeepers (workspace_id) select p_workspace where json_array_length(p_birth -> 'gates') > 0
    on conflict do nothing;
  insert into durable.gates (workspace_id, id, limit_id, unit, key)
    select p_workspace, g.id, g."limit", g.unit, g.key
    from json_to_recordset(p_birth -> 'gates') as g(id uuid, "limit" uuid, unit text, key text)
    where not exists (select 1 from durable.gates k where k.workspace_id = p_workspace and k.id = g.id and k.touched_on >= current_date)
    order by g.id
    on conflict (workspace_id, id) do update set touched_on = excluded.touched_on;
  if p_birth ->> 'priority' is not null or p_birth ->> 'tenant' is not null then
    perform durable.note_tenants(array[p_workspace], array_agg(p_workspace), array_agg(t.id), array_agg(t.queue),
        array_agg(t.function), array_agg(t.key), array_agg(t.weight))
      from json_to_recordset(p_birth -> 'tenants') as t(id uuid, queue uuid, function text, key text, weight int);
  end if;
  insert into durable.live_runs (workspace_id, run_id, status, fence, run_gates, step_gates, units, priority, tenant, ready_rank)
    values (p_workspace, p_run, 'queued', gen_random_uuid(), (p_birth ->> 'run_gates')::uuid[], (p_birth ->> 'step_gates')::uuid[],
      (p_birth ->> 'units')::int, (p_birth ->> 'priority')::int, (p_birth ->> 'tenant')::uuid, v_rank);
  insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
  perform durable.limit_runs(array_agg(p_workspace), array_agg(p_run), array_agg(t.kind), array_agg(t.ms))
    from json_to_recordset(p_birth -> 'timeouts') as t(kind text, ms float8) having count(*) > 0;
  perform durable.open_cancels(array[p_workspace], array[p_run]);
  insert into durable.run_terms (workspace_id, run_id, name, value)
    select distinct p_workspace, p_run, t.pair ->> 0, t.pair ->> 1 from json_array_elements(p_birth -> 'terms') as t(pair);
end $$;

-- Who may undo a step that this run has kept or run: itself, or the last of those who were given the right. Null: it cannot be
-- undone, by anybody.
create function durable.undoer(p_workspace int, p_run uuid, p_step uuid, out o_run uuid, out o_undone boolean)
language sql stable as $$
  with recursive line(run_id, heir, undone) as (
    select c.run_id, c.heir, c.undone from durable.compensations c
      where c.workspace_id = p_workspace and c.run_id = p_run and c.step_id = p_step
    union all
    select c.run_id, c.heir, c.undone from line l
      join durable.compensations c on c.workspace_id = p_workspace and c.run_id = l.heir and c.step_id = p_step
  )
  select l.run_id, l.undone from line l where l.heir is null
$$;

-- The entries of a run as a rerun from this one looks at them. `is_kept`: they are numbered up to the cut. The cut lies before
-- the step (null: nothing is to run again), and before the first one that was undone.
create function durable.plan_rerun(p_workspace int, p_run uuid, p_step uuid,
  out o_cut int, out o_undone uuid, out o_held uuid, out o_holder uuid)
language plpgsql stable as $$
declare
  v_undone int;
begin
  select coalesce(min(s.seq) filter (where s.op = 'compensate') - 1, max(s.seq), 0) into o_cut from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_run and s.seq is not null;
  select least(o_cut, s.seq - 1) into o_cut from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  select s.step_id, s.seq into o_undone, v_undone from durable.compensations c
    join durable.steps s on s.workspace_id = c.workspace_id and s.run_id = c.run_id and s.step_id = c.step_id
    cross join lateral durable.undoer(c.workspace_id, c.run_id, c.step_id) as u
    where c.workspace_id = p_workspace and c.run_id = p_run and s.seq <= o_cut and u.o_undone
    order by s.seq limit 1;
  o_cut := least(o_cut, v_undone - 1);
  select s.step_id, u.o_run into o_held, o_holder from durable.compensations c
    join durable.steps s on s.workspace_id = c.workspace_id and s.run_id = c.run_id and s.step_id = c.step_id
    cross join lateral durable.undoer(c.workspace_id, c.run_id, c.step_id) as u
    join durable.live_runs l on l.workspace_id = c.workspace_id and l.run_id = u.o_run
    where c.workspace_id = p_workspace and c.run_id = p_run and s.seq <= o_cut and u.o_run <> p_run
    order by s.seq limit 1;
end $$;

-- Entries that lost a kept join: code that replays it must find them taken. They were cancelled in the statement that
-- decided the join; what the end of the run closed in that very statement has no scope of a branch.
create function durable.lost_entries(p_workspace int, p_run uuid, p_cut int) returns setof uuid
language sql stable as $$
  select s.step_id from durable.steps s
  where s.workspace_id = p_workspace and s.run_id = p_run and s.status = 'cancelled' and exists (
    select 1 from durable.steps j
    where j.workspace_id = s.workspace_id and j.run_id = s.run_id and j.op = 'join' and j.seq <= p_cut
      and j.settled_at = s.settled_at and (s.scope is distinct from j.scope or not exists (
        select 1 from durable.runs r where r.workspace_id = j.workspace_id and r.id = j.run_id and r.ended_at = j.settled_at)))
$$;

-- Part of the birth of a run: the first entries of its origin's journal, and what belongs to them.
create function durable.keep_entries(p_workspace int, p_origin uuid, p_run uuid, p_cut int) returns void
language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
begin
  insert into durable.steps (workspace_id, run_id, step_id, seq, scope, op, name, n, status, value, failure, attempt, event_id, settled_at)
    select s.workspace_id, p_run, s.step_id, s.seq, s.scope, s.op, s.name, s.n, s.status, s.value, s.failure, s.attempt, s.event_id, v_now
    from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_origin
      and (s.seq <= p_cut or s.step_id in (select durable.lost_entries(p_workspace, p_origin, p_cut)));
  insert into durable.folded_steps (workspace_id, run_id, step_id, group_id)
    select f.workspace_id, p_run, f.step_id, f.group_id from durable.folded_steps f
    join durable.steps g on g.workspace_id = f.workspace_id and g.run_id = f.run_id and g.step_id = f.group_id
    where f.workspace_id = p_workspace and f.run_id = p_origin and g.seq <= p_cut;
  -- A wait for all names its last event alone; its value has them all.
  insert into durable.taken_events (workspace_id, run_id, event_id)
    select distinct k.workspace_id, p_run, k.event_id from durable.taken_events k
    join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
    join durable.steps s on s.workspace_id = k.workspace_id and s.run_id = k.run_id and s.seq <= p_cut and s.event_id is not null
    where k.workspace_id = p_workspace and k.run_id = p_origin
      and (s.event_id = k.event_id
        or s.op = 'wait' and json_typeof(s.value::json -> 'id') is distinct from 'string' and exists (
          select 1 from json_each(s.value::json) as each
          where json_typeof(each.value) = 'object' and each.value ->> 'id' = coalesce(e.client_id, e.id::text)));
  insert into durable.given_back (workspace_id, run_id, step_id, event_id)
    select b.workspace_id, p_run, b.step_id, b.event_id from durable.given_back b
    join durable.steps s on s.workspace_id = b.workspace_id and s.run_id = b.run_id and s.step_id = b.step_id
    where b.workspace_id = p_workspace and b.run_id = p_origin and s.seq <= p_cut;
  -- The right to undo a step goes to the new run from whoever has it.
  update durable.compensations c set heir = p_run
    from durable.steps s
    cross join lateral durable.undoer(p_workspace, p_origin, s.step_id) as u
    where s.workspace_id = p_workspace and s.run_id = p_run and s.seq is not null
      and c.workspace_id = p_workspace and c.run_id = u.o_run and c.step_id = s.step_id;
  insert into durable.compensations (workspace_id, run_id, step_id)
    select c.workspace_id, p_run, c.step_id from durable.compensations c
    where c.workspace_id = p_workspace and c.heir = p_run;
end $$;

-- What a rerun with this cut keeps and does not, for people: at most 100 of each. `again`: they were recorded; `anew`: they
-- were open when their run ended, and something may have been under way.
create function durable.show_rerun(p_workspace int, p_run uuid, p_cut int) returns json
language sql stable as $$
  select json_build_object(
    'again', (select coalesce(json_agg(json_build_object('id', replace(s.step_id::text, '-', ''), 'op', s.op, 'name', s.name, 'n', s.n)
        order by s.seq), '[]')
      from (select * from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run and s.seq > p_cut
              and s.op <> 'compensate' order by s.seq limit 100) as s),
    'anew', (select coalesce(json_agg(json_build_object('id', replace(s.step_id::text, '-', ''), 'op', s.op, 'name', s.name, 'n', s.n)
        order by s.name, s.n), '[]')
      from (select * from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run and s.seq is null
              and s.op <> 'compensate' and s.step_id not in (select durable.lost_entries(p_workspace, p_run, p_cut))
            order by s.name, s.n limit 100) as s))
$$;

-- A person runs it again, as the new run p_run. p_kind: rerun (from the start) | from-step | retry (from the step, or if
-- p_step is null with all that was recorded). p_event, p_data: with another input, which becomes this event; null for the
-- same. p_result: what the step is given; null for nothing. p_placement: the deployment that it is called at; null for the
-- newest. p_bulk, p_no: the item that it is done for. With p_preview nothing is written.
--
-- Locks the row of the first run of the family, so that one step's undoing is given to one heir, and no run that lives.
-- o_state: done | unknown | live (it has not ended) | no-step | no-result (the step is of no kind that has one, or begins
-- earlier, for it was undone) | undo-held (by the run o_holder, which lives) | batch (its input cannot be changed)
-- | taken (its item is done, or its bulk is not at work).
create function durable.rerun_run(
  p_workspace int, p_origin uuid, p_actor text, p_reason text, p_run uuid, p_kind text, p_step uuid, p_birth json,
  p_placement text, p_event uuid, p_data text, p_result text, p_preview boolean, p_bulk uuid, p_no int,
  out o_state text, out o_kept int, out o_undone uuid, out o_holder uuid, out o_plan json)
language plpgsql as $$
#variable_conflict use_column
declare
  v_origin durable.runs;
  v_step durable.steps;
begin
  perform 1 from durable.runs r where r.workspace_id = p_workspace and r.id = durable.first_origin(p_workspace, p_origin) for update;
  select * into v_origin from durable.runs r where r.workspace_id = p_workspace and r.id = p_origin;
  if not found then
    o_state := 'unknown';
    return;
  end if;
  o_kept := 0;
  if p_kind <> 'rerun' then
    if v_origin.status is null then
      o_state := 'live';
      return;
    end if;
    select * into v_step from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_origin and s.step_id = p_step;
    if not found and p_step is not null then
      o_state := 'no-step';
      return;
    end if;
    select p.o_cut, p.o_undone, p.o_holder into o_kept, o_undone, o_holder from durable.plan_rerun(p_workspace, p_origin, p_step) as p;
    if o_holder is not null then
      o_state := 'undo-held';
      return;
    end if;
  end if;
  if p_result is not null and (v_step.op is null or o_undone is not null
      or v_step.op not in ('run', 'fetch', 'invoke', 'wait', 'signal', 'input', 'approval')) then
    o_state := 'no-result';
    return;
  end if;
  if p_data is not null and v_origin.begin_cause = 'batch' then
    o_state := 'batch';
    return;
  end if;
  o_state := 'done';
  -- Nobody reads it of an item of a bulk.
  if p_bulk is null then
    o_plan := durable.show_rerun(p_workspace, p_origin, o_kept);
  end if;
  if p_preview then
    return;
  end if;
  if p_bulk is not null and not durable.begin_bulk_item(p_workspace, p_bulk, p_no) then
    o_state := 'taken';
    return;
  end if;
  if p_data is not null then
    -- Nobody sent it: no wait looks back so far.
    insert into durable.events (workspace_id, id, name, data, time, received_at, traceparent)
      select e.workspace_id, p_event, e.name, p_data, e.time, '-infinity', e.traceparent from durable.events e
      where e.workspace_id = p_workspace and e.id = v_origin.event_id;
  end if;
  perform durable.bear_run(p_workspace, p_run, v_origin.function_id, case when p_data is null then v_origin.event_id else p_event end, p_birth);
  -- What its sender said of it. Of a batch also what its other events had.
  insert into durable.run_terms (workspace_id, run_id, name, value)
    select t.workspace_id, p_run, t.name, t.value from durable.run_terms t
    where t.workspace_id = p_workspace and t.run_id = p_origin and (t.name = 'tag' or v_origin.begin_cause = 'batch')
    on conflict do nothing;
  perform durable.keep_entries(p_workspace, p_origin, p_run, o_kept) where o_kept > 0;
  if p_result is not null then
    o_kept := o_kept + 1;
    insert into durable.steps (workspace_id, run_id, step_id, seq, scope, op, name, n, status, value, attempt, settled_at)
      values (p_workspace, p_run, p_step, o_kept, v_step.scope, v_step.op, v_step.name, v_step.n, 'ok', p_result, 0, durable.durable_now());
  end if;
  update durable.runs r set origin_run_id = p_origin, origin_kind = p_kind, origin_step_id = p_step, kept = o_kept,
      begin_cause = case when v_origin.begin_cause = 'batch' then 'batch' end
    where r.workspace_id = p_workspace and r.id = p_run;
  update durable.live_runs l set journal_seq = o_kept where l.workspace_id = p_workspace and l.run_id = p_run and o_kept > 0;
  insert into durable.placements (workspace_id, run_id, deployment) select p_workspace, p_run, p_placement where p_placement is not null;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.' || p_kind, p_origin::text, json_strip_nulls(json_build_object('run', p_run, 'kept', o_kept,
      'step', v_step.name, 'reason', p_reason))::text);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.created', o_kept);
  if p_bulk is not null then
    perform durable.end_bulk_item(p_workspace, p_bulk, p_no, 'done', null, p_run);
  end if;
end $$;

-- The step that a failed run is to go on from: the one that its failure names. Null: the function's own code failed.
create function durable.retried_step(p_run durable.runs) returns uuid
language sql stable as $$
  select s.step_id from durable.steps s
  where s.workspace_id = p_run.workspace_id and s.run_id = p_run.id and s.status = 'err'
    and s.step_id = durable.step_of_failure(p_run.failure)
$$;

-- When an event came to be, for people. One that a rerun was given in place of its origin's came from nobody.
create function durable.made_at(p_event durable.events) returns timestamptz
language sql immutable as $$
  select case when isfinite(p_event.received_at) then p_event.received_at else durable.time_of_id(p_event.id) end
$$;

-- What is wrong with a run that failed, or that is paused: the error's name, and the step that it comes from.
-- One that is paused for a step says what that step failed with.
create function durable.trouble_of(p_run durable.runs, out o_error text, out o_step text)
language sql stable as $$
  select coalesce(f.failure::json ->> 'name', 'Error'), f.step
  from (
    select coalesce(o.failure, p_run.failure, p_run.pause_reason) as failure, coalesce(o.name, s.name) as step
    from (select 1) as one
    left join lateral (
      select t.name, t.failure from durable.steps t
      where p_run.status is null and t.workspace_id = p_run.workspace_id and t.run_id = p_run.id and t.status = 'retrying'
        and not exists (select 1 from durable.timers m
          where m.workspace_id = t.workspace_id and m.run_id = t.run_id and m.step_id = t.step_id)
      order by t.committed_at desc, t.step_id limit 1) as o on true
    left join durable.steps s on s.workspace_id = p_run.workspace_id and s.run_id = p_run.id
      and s.step_id = durable.retried_step(p_run)) as f
$$;
