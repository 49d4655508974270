-- What people are asked (decision 0024). An input is settled once, under its run's row: by who answers, by its timer, or
-- by what closes its entry. Lock order: live_runs, then the rest.

-- One row per question, kept when it is over: the inbox, and who answered when. The answer itself is the entry's value.
create table durable.inputs (
  workspace_id int not null,
  id uuid not null,                          -- in the order of time: lists go by it
  run_id uuid not null,
  step_id uuid not null,
  kind text not null check (kind in ('approval', 'input')),
  status text not null check (status in ('open', 'answered', 'expired', 'cancelled')),
  title text,
  prompt text,
  assignee text,                             -- who shall answer; escalate_to once that was done
  schema text,                               -- JSON Schema of the answer, JSON text; null: anything fits
  asked_at timestamptz not null,
  due_at timestamptz not null,               -- from then on nobody may answer
  remind_at timestamptz,
  reminded_at timestamptz,
  escalate_at timestamptz,
  escalate_to text,
  escalated_at timestamptz,
  escalated_from text,
  ended_at timestamptz,                      -- answered, expired or cancelled
  answered_by text,                          -- the person, as whoever sent the answer says
  answer_id text,                            -- the sender's own id of the answer: it may arrive twice
  primary key (workspace_id, id)
);
create unique index inputs_by_step on durable.inputs (workspace_id, run_id, step_id);
create index inputs_open on durable.inputs (workspace_id, id) where status = 'open';
create index inputs_open_by_assignee on durable.inputs (workspace_id, assignee, id) where status = 'open';

-- Obligation: this event about an input has to be sent. A commit cannot say which functions it starts.
create table durable.input_notices (
  workspace_id int not null,
  input_id uuid not null,
  event_name text not null,                  -- durable.input.requested | .reminder | .escalated
  data text not null,
  at timestamptz not null,
  primary key (workspace_id, input_id, event_name)
);

-- The data of these events.
create function durable.input_json(p_input durable.inputs) returns text
language sql stable as $$
  select json_build_object('id', p_input.id, 'kind', p_input.kind, 'name', s.name, 'title', p_input.title,
      'assignee', p_input.assignee, 'escalated_from', p_input.escalated_from, 'run', p_input.run_id, 'function', r.function_id,
      'asked_at', durable.rfc3339(p_input.asked_at), 'due_at', durable.rfc3339(p_input.due_at))::text
  from durable.runs r
  join durable.steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.step_id = p_input.step_id
  where r.workspace_id = p_input.workspace_id and r.id = p_input.run_id
$$;

-- From here on these events are owed. What a run asks that stems from such an event is told to nobody: a function which
-- asks when it hears of a question would else be started by its own for ever.
create function durable.owe_input_notices(p_event text, p_workspace int[], p_id uuid[]) returns void
language sql volatile as $$
  insert into durable.input_notices (workspace_id, input_id, event_name, data, at)
    select i.workspace_id, i.id, p_event, durable.input_json(i), durable.durable_now()
    from unnest(p_workspace, p_id) as p(workspace, id)
    join durable.inputs i on i.workspace_id = p.workspace and i.id = p.id
    where not durable.stems_from(i.workspace_id, i.run_id, 'durable.input.')
$$;

-- The entry's one timer is set to what comes first: reminder, escalation, or the end.
create function durable.arm_inputs(f_workspace int[], f_run uuid[], f_step uuid[]) returns void
language sql volatile as $$
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select i.workspace_id, i.run_id, i.step_id, 'input', least(i.due_at,
      case when i.reminded_at is null then i.remind_at end, case when i.escalated_at is null then i.escalate_at end)
    from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    join durable.inputs i on i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step
    where i.status = 'open'
    on conflict (workspace_id, run_id, step_id) do update set due_at = excluded.due_at
$$;

-- f_data: {"id", "kind", "title"?, "prompt"?, "assignee"?, "schema"?: JSON as text, "remind_after_ms"?,
-- "escalate_after_ms"?, "escalate_to"?}.
create function durable.effect_input(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_workspace int[]; v_id uuid[];
begin
  with asked as (
    insert into durable.inputs as i (workspace_id, id, run_id, step_id, kind, status, title, prompt, assignee, schema,
        asked_at, due_at, remind_at, escalate_at, escalate_to)
      select f_workspace[q], (d ->> 'id')::uuid, f_run[q], f_step[q], d ->> 'kind', 'open', d ->> 'title', d ->> 'prompt',
        d ->> 'assignee', d ->> 'schema', v_now, s.due_at,
        v_now + (d ->> 'remind_after_ms')::float8 * interval '1 millisecond',
        v_now + (d ->> 'escalate_after_ms')::float8 * interval '1 millisecond', d ->> 'escalate_to'
      from generate_subscripts(f_run, 1) as q
      cross join lateral (select f_data[q]::json as d) as parsed
      join durable.steps s on s.workspace_id = f_workspace[q] and s.run_id = f_run[q] and s.step_id = f_step[q]
      where s.status = 'pending'
      returning i.workspace_id, i.id)
  select array_agg(workspace_id), array_agg(id) into v_workspace, v_id from asked;
  perform durable.owe_input_notices('durable.input.requested', v_workspace, v_id);
  perform durable.arm_inputs(f_workspace, f_run, f_step);
end $$;

-- The timers of these inputs have fired: remind, escalate, or end them, whichever is due. Settling those that have
-- ended is left to the caller, with all else that is due; it holds the live_runs rows.
create function durable.fire_inputs(f_workspace int[], f_run uuid[], f_step uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_workspace int[]; v_id uuid[];
begin
  update durable.inputs i set status = 'expired', ended_at = v_now
    from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    where i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open' and i.due_at <= v_now;
  with reminded as (
    update durable.inputs i set reminded_at = v_now
      from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
      where i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open'
        and i.remind_at <= v_now and i.reminded_at is null
      returning i.workspace_id, i.id)
  select array_agg(workspace_id), array_agg(id) into v_workspace, v_id from reminded;
  perform durable.owe_input_notices('durable.input.reminder', v_workspace, v_id);
  with escalated as (
    update durable.inputs i set escalated_at = v_now, escalated_from = i.assignee, assignee = i.escalate_to
      from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
      where i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open'
        and i.escalate_at <= v_now and i.escalated_at is null
      returning i.workspace_id, i.id)
  select array_agg(workspace_id), array_agg(id) into v_workspace, v_id from escalated;
  perform durable.owe_input_notices('durable.input.escalated', v_workspace, v_id);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select l.workspace_id, l.run_id, 'run.input', l.journal_seq from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    join durable.inputs i on i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open'
    join durable.live_runs l on l.workspace_id = f.workspace and l.run_id = f.run;
  perform durable.arm_inputs(f_workspace, f_run, f_step);
end $$;

-- A person answers. Whoever comes first under the run's row settles it; the others learn who that was. One that is over by
-- the clock and whose timer has not fired yet is over. p_value: JSON text that fits. Answers its status, with who ended it
-- and when, and whether that was this very answer, also when it arrives twice; null for an unknown id.
create function durable.answer_input(
  p_workspace int, p_id uuid, p_value text, p_by text, p_answer_id text, p_actor text, p_detail text,
  out o_status text, out o_by text, out o_at timestamptz, out o_is_own boolean)
language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_input durable.inputs;
begin
  select * into v_input from durable.inputs i where i.workspace_id = p_workspace and i.id = p_id;
  if not found then
    return;
  end if;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = v_input.run_id for update;
  select * into v_input from durable.inputs i where i.workspace_id = p_workspace and i.id = p_id;
  o_status := v_input.status;
  o_by := v_input.answered_by;
  o_at := v_input.ended_at;
  o_is_own := v_input.status = 'answered' and v_input.answer_id is not distinct from p_answer_id and p_answer_id is not null;
  if v_input.status <> 'open' then
    return;
  end if;
  if v_input.due_at <= v_now then
    o_status := 'expired';
    o_at := v_input.due_at;
    return;
  end if;
  o_status := 'answered';
  o_by := p_by;
  o_at := v_now;
  o_is_own := true;
  update durable.inputs i set status = 'answered', ended_at = v_now, answered_by = p_by, answer_id = p_answer_id
    where i.workspace_id = p_workspace and i.id = p_id;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'input.answer', p_id::text, p_detail);
  perform durable.settle_entries(array[p_workspace], array[v_input.run_id], array[v_input.step_id],
    array['{"value":' || p_value || ',"by":' || to_json(p_by)::text || ',"at":"' || durable.rfc3339(v_now) || '"}'],
    array[null::uuid]);
end $$;
