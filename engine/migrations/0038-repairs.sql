-- A person mends a run where it stands: an open entry is settled, tried again, or its time is changed (decision 0041).
-- What is recorded never changes, so an entry that has a number is not touched.

-- What was done, for people, beside the audit log. Append-only.
create table durable.repairs (
  workspace_id int not null,
  run_id uuid not null,
  no int not null,                           -- from 1
  step_id uuid not null,
  action text not null,                      -- retry | complete | skip | resolve | wake
  actor text not null,
  reason text,
  before timestamptz,                        -- when a sleep was to end
  at timestamptz not null,
  primary key (workspace_id, run_id, no)
);

-- What a wait comes to when a person says what came: an event that nobody sent. Null: not of this mode.
create function durable.value_by_hand(p_workspace int, p_run uuid, p_step uuid, p_key text, p_data text) returns text
language sql stable as $$
  select case w.mode
      when 'signal' then p_data
      when 'event' then e.json
      when 'any' then '{"key":' || to_json(w.key)::text || ',"event":' || e.json || '}'
    end
  from durable.waits w
  cross join lateral (select '{"id":' || to_json(gen_random_uuid())::text || ',"name":' || to_json(w.event_name)::text
    || ',"data":' || p_data || ',"time":"' || durable.rfc3339(durable.durable_now()) || '"}' as json) as e
  where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = coalesce(p_key, '')
$$;

-- Settles an open entry in place of whoever would: what it owned goes first. The caller holds the live_runs row.
create function durable.settle_by_hand(p_workspace int, p_run uuid, p_step uuid, p_value text) returns void
language plpgsql as $$
begin
  perform pg_notify('durable_hang_up', p_run || '/' || replace(t.step_id::text, '-', '') || ' ' || t.fence)
    from durable.tasks t where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step and t.status = 'running';
  perform durable.give_back(array[p_workspace], array[p_run], array[p_step]);
  perform durable.close_entries(array[p_workspace], array[p_run], array[p_step]);
  update durable.steps s set status = 'pending', settled_at = null
    where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  perform durable.settle_entries(array[p_workspace], array[p_run], array[p_step], array[p_value], array[null::uuid]);
end $$;

-- p_action: retry (fresh attempts) | complete (p_value) | skip | resolve (a wait: p_value is the event's data, of p_key where it
-- waits for any of several; null is its timeout) | wake (a sleep: p_at). Those that settle, and retry, let a paused run go on
-- unless p_resume is false. With p_preview nothing is written.
--
-- o_state: done | unknown | ended | not-paused | ending (its steps are undone) | no-step | not-open | asked (people answer it)
-- | wrong-kind. o_status: where the run is then, or is. o_before: when the sleep was to end.
create function durable.repair_run(
  p_workspace int, p_run uuid, p_actor text, p_reason text, p_step uuid, p_action text, p_value text, p_key text, p_at_ms float8,
  p_resume boolean, p_preview boolean,
  out o_state text, out o_status text, out o_before timestamptz, out o_at timestamptz)
language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_live durable.live_runs;
  v_step durable.steps;
  v_value text := case p_action when 'complete' then p_value else 'null' end;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    o_state := case when found then 'ended' else 'unknown' end;
    return;
  end if;
  o_status := durable.shown_status(v_live);
  if v_live.ending is not null then
    o_state := 'ending';
    return;
  end if;
  select * into v_step from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  o_state := case
    when not found then 'no-step'
    when v_live.status <> 'paused' and not (p_action in ('wake', 'resolve') and v_live.status = 'waiting') then 'not-paused'
    when v_step.seq is not null or v_step.status = 'cancelled' then 'not-open'
    when v_step.op in ('input', 'approval') then 'asked'
    when p_action = 'wake' and v_step.op <> 'sleep' or p_action = 'resolve' and v_step.op not in ('wait', 'signal')
      or p_action = 'retry' and v_step.status <> 'retrying' then 'wrong-kind'
    else 'done' end;
  if o_state = 'done' and p_action = 'resolve' and p_value is not null then
    v_value := durable.value_by_hand(p_workspace, p_run, p_step, p_key, p_value);
    o_state := case when v_value is null then 'wrong-kind' else 'done' end;
  end if;
  if o_state <> 'done' then
    return;
  end if;
  if p_action = 'wake' then
    o_before := v_step.due_at;
    o_at := greatest(to_timestamp(p_at_ms / 1000), v_now);
  elsif v_live.status = 'waiting' or p_resume then
    o_status := 'queued';
  end if;
  if p_preview then
    return;
  end if;
  insert into durable.repairs (workspace_id, run_id, no, step_id, action, actor, reason, before, at)
    values (p_workspace, p_run, (select count(*) + 1 from durable.repairs m where m.workspace_id = p_workspace and m.run_id = p_run),
      p_step, p_action, p_actor, p_reason, o_before, v_now);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'step.' || p_action, p_run::text, json_strip_nulls(json_build_object('step', v_step.name,
      'id', replace(p_step::text, '-', ''), 'before', durable.rfc3339(o_before), 'at', durable.rfc3339(o_at),
      'undo', case when o_before is not null then 'wake at ' || durable.rfc3339(o_before) end, 'reason', p_reason))::text);
  if p_action = 'wake' then
    update durable.timers t set due_at = o_at where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step;
    update durable.steps s set due_at = o_at where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  elsif p_action = 'retry' then
    update durable.steps s set resumed_after = s.attempt, due_at = null
      where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
    delete from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step;
  else
    perform durable.settle_by_hand(p_workspace, p_run, p_step, v_value);
  end if;
  if p_action <> 'wake' and v_live.status = 'paused' and p_resume then
    o_status := durable.release_run(p_workspace, p_run);
  end if;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select p_workspace, p_run, 'run.repaired', l.journal_seq from durable.live_runs l
    where l.workspace_id = p_workspace and l.run_id = p_run;
end $$;
