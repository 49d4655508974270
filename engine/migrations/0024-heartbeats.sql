-- What the code of steps says of itself while it runs: that it lives, and how far it is.

-- The last word of each step of a dispatch. It counts as long as that dispatch does: what a lost lease left is not
-- shown, and goes with the next word of the run, the step's end as a task, or the run's end.
create table durable.heartbeats (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  fence uuid not null,                       -- of the dispatch
  name text not null,                        -- a step that runs for the first time has no entry yet
  progress text,                             -- JSON as received
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, run_id, step_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Whether the dispatch of this fence still holds a lease: the run's, whatever it has told since, or that of a step's task.
create function durable.holds_lease(p_live durable.live_runs, p_step uuid, p_fence uuid) returns boolean
language sql stable as $$
  select durable.is_same_dispatch(p_live.fence, p_fence)
    or exists (select 1 from durable.tasks t where t.workspace_id = p_live.workspace_id and t.run_id = p_live.run_id
      and t.step_id = p_step and t.fence = p_fence and t.status = 'running')
$$;

-- The beats of one message. It changes no fence and no lease, and is not worth an fsync: the next one says more. Locks
-- the run against its end alone, so that no beat is left behind by it. Answers taken | stale-fence | run-ended |
-- unknown-run.
create function durable.take_heartbeats(p_workspace int, p_run uuid, p_fence uuid, b_step uuid[], b_name text[], b_progress text[])
returns text
language plpgsql as $$
declare
  v_live durable.live_runs;
begin
  perform set_config('synchronous_commit', 'off', true);
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for key share;
  if not found then
    return case when exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = p_run)
      then 'run-ended' else 'unknown-run' end;
  end if;
  if exists (select 1 from unnest(b_step) as b(step) where not durable.holds_lease(v_live, b.step, p_fence)) then
    return 'stale-fence';
  end if;
  delete from durable.heartbeats h where h.workspace_id = p_workspace and h.run_id = p_run and h.fence <> p_fence
    and not durable.holds_lease(v_live, h.step_id, h.fence);
  insert into durable.heartbeats (workspace_id, run_id, step_id, fence, name, progress)
    select p_workspace, p_run, b.step, p_fence, b.name, b.progress from unnest(b_step, b_name, b_progress) as b(step, name, progress)
    on conflict (workspace_id, run_id, step_id) do update
      set fence = excluded.fence, name = excluded.name, progress = excluded.progress, at = excluded.at;
  return 'taken';
end $$;
