-- Groups: one entry that stands for many, so that the memo of a run with thousands of items stays short.

-- Settled steps that a dispatch does not show any more. In the journal they stay what they are.
create table durable.folded_steps (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  group_id uuid not null,                    -- the step that stands for it
  primary key (workspace_id, run_id, step_id)
);

-- data: ["step id", ...]. Code that finds the group asks for none of them, so what is still open is closed: a task that
-- nobody reaches any more would pause its run. What may have to be undone cannot be left out: it is passed over.
create function durable.effect_fold(q_workspace int[], q_run uuid[], q_step uuid[], q_data text[]) returns void
language plpgsql as $$
begin
  insert into durable.folded_steps (workspace_id, run_id, step_id, group_id)
    select q.workspace, q.run, s.step_id, q.step
    from unnest(q_workspace, q_run, q_step, q_data) as q(workspace, run, step, data)
    cross join lateral json_array_elements_text(q.data::json) as f(id)
    join durable.steps s on s.workspace_id = q.workspace and s.run_id = q.run and s.step_id = f.id::uuid
    where s.seq is not null and not exists (select 1 from durable.compensations c
      where c.workspace_id = s.workspace_id and c.run_id = s.run_id and c.step_id = s.step_id)
    on conflict do nothing;
  perform durable.close_entries(array_agg(q.workspace), array_agg(q.run), array_agg(s.step_id))
    from unnest(q_workspace, q_run, q_data) as q(workspace, run, data)
    cross join lateral json_array_elements_text(q.data::json) as f(id)
    join durable.steps s on s.workspace_id = q.workspace and s.run_id = q.run and s.step_id = f.id::uuid
    where s.seq is null and s.status <> 'cancelled' having count(*) > 0;
end $$;
