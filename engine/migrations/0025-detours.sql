-- Where replays left the recorded path without contradicting it, as apps in development tell. A recorded step that was left
-- out stands here once: every turn that follows leaves it out as well.
create table durable.detours (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  began_id uuid not null,  -- the step that was begun meanwhile
  frame text,  -- where, in the app's code
  is_certain boolean not null,
  at timestamptz not null,
  primary key (workspace_id, run_id, step_id)
);

-- f_data: {"left": id, "began": id, "frame"?, "certain"}. Of entries alone: an app cannot fill the table with others.
create function durable.effect_detour(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language sql volatile as $$
  insert into durable.detours (workspace_id, run_id, step_id, began_id, frame, is_certain, at)
    select s.workspace_id, s.run_id, s.step_id, (f.detour ->> 'began')::uuid, f.detour ->> 'frame',
      (f.detour ->> 'certain')::boolean, durable.durable_now()
    from (select f_workspace[q] as workspace, f_run[q] as run, f_data[q]::json as detour
          from generate_subscripts(f_run, 1) as q) as f
    join durable.steps s on s.workspace_id = f.workspace and s.run_id = f.run and s.step_id = (f.detour ->> 'left')::uuid
    where s.seq is not null
    on conflict (workspace_id, run_id, step_id) do nothing
$$;
