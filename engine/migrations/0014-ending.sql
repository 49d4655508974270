-- Runs that end badly, and what they undo first; runs that a person stops and starts again.

-- Completed steps that declared how to undo them. Written in the commit of the step, marked in the commit that undoes
-- it: whether anything is left to undo is one look, however long the journal is.
create table durable.compensations (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,                     -- of the step, not of the entry that undoes it
  undone boolean not null default false,
  heir uuid,                                 -- the run that may undo it now: made of this one, it has kept the step
  primary key (workspace_id, run_id, step_id)
);

-- Where a live run is, as people are told: a run that is ending is nothing else, unless it needs them.
create function durable.shown_status(p_live durable.live_runs) returns text
language sql stable as $$ select case when p_live.status = 'paused' then 'paused' else coalesce(p_live.ending, p_live.status) end $$;

-- Milliseconds since the first attempt after the one that a person resumed it after. Null before it has failed.
create function durable.since_first_attempt_ms(p_workspace int, p_run uuid, p_step uuid, p_resumed_after int) returns float8
language sql stable as $$
  select extract(epoch from durable.durable_now() - min(a.committed_at) + coalesce(min(a.received_at - a.sent_at), '0'))::float8 * 1000
  from durable.attempts a
  where a.workspace_id = p_workspace and a.run_id = p_run and a.step_id = p_step
    and a.attempt = coalesce(p_resumed_after, 0) + 1 and a.outcome = 'failed'
$$;

create function durable.effect_compensable(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language sql volatile as $$
  insert into durable.compensations (workspace_id, run_id, step_id)
    select f.workspace, f.run, f.step from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
$$;

create function durable.effect_undone(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language sql volatile as $$
  update durable.compensations c set undone = true from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    where c.workspace_id = f.workspace and c.run_id = f.run and c.step_id = f.step
$$;

-- The run has failed and has steps to undo. f_data: the failure.
create function durable.effect_failing(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  perform durable.close_runs(f_workspace, f_run);
  update durable.live_runs l set ending = 'failing' from unnest(f_workspace, f_run) as f(workspace, run)
    where l.workspace_id = f.workspace and l.run_id = f.run;
  update durable.runs r set failure = f.failure from unnest(f_workspace, f_run, f_data) as f(workspace, run, failure)
    where r.workspace_id = f.workspace and r.id = f.run;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select l.workspace_id, l.run_id, 'run.failing', l.journal_seq from unnest(f_workspace, f_run) as f(workspace, run)
    join durable.live_runs l on l.workspace_id = f.workspace and l.run_id = f.run;
end $$;

-- Ends a run from outside of its commits: somebody cancelled it, or its time is over. Final at once: the lease, the
-- job, and all that is open go in the same commit, and a late answer finds no fence. With steps to undo it is queued
-- for that and nothing else. Whoever executes it is told to hang up: a hint, the fence is the truth. The caller holds
-- the live_runs row. Answers failed | cancelled, or failing | cancelling.
create function durable.end_run(p_workspace int, p_run uuid, p_status text, p_failure text, p_undo boolean) returns text
language plpgsql as $$
declare
  v_live durable.live_runs;
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_ending text := case p_status when 'failed' then 'failing' else 'cancelling' end;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  delete from durable.ready where rank = v_live.ready_rank and workspace_id = p_workspace and run_id = p_run;
  if v_live.engine_id is not null then
    perform pg_notify('durable_hang_up', p_run || ' ' || v_live.fence);
  end if;
  perform pg_notify('durable_hang_up', p_run || '/' || replace(t.step_id::text, '-', '') || ' ' || t.fence)
    from durable.tasks t where t.workspace_id = p_workspace and t.run_id = p_run and t.status = 'running';
  perform durable.close_runs(array[p_workspace], array[p_run]);
  if p_status = 'cancelled' then
    perform durable.cascade_spawned(p_workspace, p_run);
  end if;
  if p_undo and exists (select 1 from durable.compensations c
                        where c.workspace_id = p_workspace and c.run_id = p_run and not c.undone) then
    update durable.live_runs
      set status = 'queued', ending = v_ending, engine_id = null, fence = gen_random_uuid(), ready_rank = v_rank,
          pausing = false, moving = false, run_attempt = 0, transport_attempt = 0, lost = 0
      where workspace_id = p_workspace and run_id = p_run;
    insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
    update durable.runs set failure = p_failure, pause_reason = null where workspace_id = p_workspace and id = p_run;
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      values (p_workspace, p_run, 'run.' || v_ending, v_live.journal_seq);
    return v_ending;
  end if;
  delete from durable.live_runs where workspace_id = p_workspace and run_id = p_run;
  update durable.runs set status = p_status, ended_at = durable.durable_now(), failure = p_failure, pause_reason = null
    where workspace_id = p_workspace and id = p_run;
  perform durable.owe_ends(array[p_workspace], array[p_run]);
  if p_status = 'failed' then
    perform durable.owe_grouping(array[p_workspace], array[p_run]);
  end if;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    values (p_workspace, p_run, 'run.' || p_status, v_live.journal_seq);
  return p_status;
end $$;

-- Time limits of runs that begin now. t_kind: start | finish.
create function durable.limit_runs(t_workspace int[], t_run uuid[], t_kind text[], t_ms float8[]) returns void
language sql volatile as $$
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select t.workspace, t.run,
      case t.kind when 'start' then '00000000-0000-0000-0000-000000000001' else '00000000-0000-0000-0000-000000000002' end::uuid,
      t.kind, durable.durable_now() + t.ms * interval '1 millisecond'
    from unnest(t_workspace, t_run, t_kind, t_ms) as t(workspace, run, kind, ms)
$$;

-- The same for runs that sent events start, which come with the commit: none for an event that is a duplicate.
create function durable.effect_timeout(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
begin
  perform durable.limit_runs(array_agg(coalesce((d ->> 'workspace')::int, f_workspace[q])), array_agg((d ->> 'run')::uuid),
      array_agg(d ->> 'kind'), array_agg((d ->> 'ms')::float8))
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::jsonb as d) as parsed
    where not exists (select 1 from durable.event_ids k
      where k.workspace_id = f_workspace[q] and k.client_id = d ->> 'client' and k.event_id <> (d ->> 'event')::uuid)
    having count(*) > 0;
end $$;

-- A time limit is over. A run that has begun keeps going without its `start`; one that a person is asked about, or that
-- is ending anyway, is left to that. The caller holds the live_runs row, if there is one.
create function durable.run_out(p_workspace int, p_run uuid, p_kind text) returns void
language plpgsql as $$
declare
  v_live durable.live_runs;
  v_ms bigint;
  v_since text;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  if not found or v_live.status = 'paused' or v_live.ending is not null then
    return;
  end if;
  if p_kind = 'start' and (v_live.status = 'running' or v_live.run_attempt > 0 or exists (
      select 1 from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run)) then
    return;
  end if;
  select extract(epoch from durable.durable_now() - coalesce(r.begins_at, r.created_at)) * 1000,
      case when r.begins_at is null then 'its creation' else 'it was to begin' end into v_ms, v_since
    from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
  perform durable.end_run(p_workspace, p_run, 'failed', json_build_object('name', 'TimeoutError', 'code', 'timeout_' || p_kind,
    'message', case p_kind
      when 'start' then 'the run had not begun ' || v_ms || ' ms after ' || v_since || ', which is later than timeouts.start allows. Is the app up, and are there free slots?'
      else 'the run had not ended ' || v_ms || ' ms after ' || v_since || ', which is later than timeouts.finish allows.' end)::text, true);
end $$;

-- A person cancels. One that is undoing its steps already goes on with that, or stays paused, unless they are to be left as
-- they are (p_undo false). Answers what end_run does, or the status that it is in or has ended with, or null for an unknown run.
create function durable.cancel_run(p_workspace int, p_run uuid, p_actor text, p_reason text, p_undo boolean = true) returns text
language plpgsql as $$
declare
  v_live durable.live_runs;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    return (select r.status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
  end if;
  if v_live.ending is not null and p_undo then
    return durable.shown_status(v_live);
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, case when p_undo then 'run.cancel' else 'run.cancel-without-undo' end, p_run::text, p_reason);
  return durable.end_run(p_workspace, p_run, 'cancelled', null, p_undo);
end $$;

-- A person stops a run: at once when nobody executes it, else at its next commit, so that nothing is done twice. What
-- it waits for still happens and is kept. Answers paused | pausing, or the status it has ended with, or null.
create function durable.pause_run(p_workspace int, p_run uuid, p_actor text, p_reason text, p_failure text) returns text
language plpgsql as $$
declare
  v_live durable.live_runs;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    return (select r.status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
  end if;
  if v_live.status = 'paused' or v_live.pausing then
    return case v_live.status when 'paused' then 'paused' else 'pausing' end;
  end if;
  delete from durable.ready where rank = v_live.ready_rank and workspace_id = p_workspace and run_id = p_run;
  update durable.live_runs
    set status = case when v_live.status = 'running' then 'running' else 'paused' end,
        pausing = v_live.status = 'running', ready_rank = null
    where workspace_id = p_workspace and run_id = p_run;
  update durable.runs set pause_reason = p_failure where workspace_id = p_workspace and id = p_run;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.pause', p_run::text, p_reason);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    values (p_workspace, p_run, case v_live.status when 'running' then 'run.pausing' else 'run.paused' end, v_live.journal_seq);
  return case v_live.status when 'running' then 'pausing' else 'paused' end;
end $$;

-- Part of what lets a paused run go on: it is ready, or asleep as before, and so are tasks of it that stopped. The caller holds
-- the live_runs row. Answers queued or waiting.
create function durable.release_run(p_workspace int, p_run uuid) returns text
language plpgsql as $$
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_status text := case when durable.is_asleep(p_workspace, p_run) then 'waiting' else 'queued' end;
begin
  update durable.runs set pause_reason = null where workspace_id = p_workspace and id = p_run;
  delete from durable.timers where workspace_id = p_workspace and run_id = p_run and kind = 'retry'
    and step_id = '00000000-0000-0000-0000-000000000000';
  update durable.live_runs
    set status = v_status, ready_rank = case when v_status = 'queued' then v_rank end, run_attempt = 0, transport_attempt = 0,
        lost = 0, fence = gen_random_uuid()
    where workspace_id = p_workspace and run_id = p_run;
  insert into durable.ready (rank, workspace_id, run_id) select v_rank, p_workspace, p_run where v_status = 'queued';
  perform durable.requeue_stopped_tasks(p_workspace, p_run);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select p_workspace, p_run, 'run.resumed', l.journal_seq from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  return v_status;
end $$;

-- A person lets a run go on: every recorded result is kept, every step that failed gets as many attempts as its policy
-- allows, and the next is at once. Answers queued, waiting when it was born asleep and its time has not come, or running
-- when a pause is taken back before it began; else the
-- status that the run is in or has ended with, and nothing was done.
create function durable.resume_run(p_workspace int, p_run uuid, p_actor text, p_reason text, out o_status text, out o_resumed boolean)
language plpgsql as $$
declare
  v_live durable.live_runs;
begin
  o_resumed := false;
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    return;
  end if;
  o_resumed := v_live.pausing or v_live.status = 'paused';
  o_status := durable.shown_status(v_live);
  if not o_resumed then
    return;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.resume', p_run::text, p_reason);
  if v_live.status <> 'paused' then
    update durable.runs set pause_reason = null where workspace_id = p_workspace and id = p_run;
    update durable.live_runs set pausing = false where workspace_id = p_workspace and run_id = p_run;
    insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.resumed', v_live.journal_seq);
    return;
  end if;
  update durable.steps set resumed_after = attempt, due_at = null
    where workspace_id = p_workspace and run_id = p_run and seq is null and status = 'retrying';
  delete from durable.timers where workspace_id = p_workspace and run_id = p_run and kind in ('retry', 'task');
  o_status := durable.release_run(p_workspace, p_run);
end $$;
