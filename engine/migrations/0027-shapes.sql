-- What happens before a run begins: a run can be born asleep.

create function durable.is_asleep(p_workspace int, p_run uuid) returns boolean
language sql stable as $$
  select exists (select 1 from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run
    and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin')
$$;

-- Runs that are born asleep, and wait for their beginning only. Their time limits count from it.
create function durable.put_to_sleep(p_workspace int[], p_run uuid[], p_at timestamptz[]) returns void
language plpgsql as $$
begin
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select p.workspace, p.run, '00000000-0000-0000-0000-000000000000', 'begin', p.at
    from unnest(p_workspace, p_run, p_at) as p(workspace, run, at);
  update durable.timers t set due_at = t.due_at + (p.at - durable.durable_now())
    from unnest(p_workspace, p_run, p_at) as p(workspace, run, at)
    where t.workspace_id = p.workspace and t.run_id = p.run and t.kind in ('start', 'finish');
end $$;

-- A person does not want to wait for the beginning of a run. Answers whether that is what it waited for, and where it is
-- then: queued, or paused as before; null for an unknown one.
create function durable.begin_run(p_workspace int, p_run uuid, p_actor text, p_reason text, out o_status text, out o_begun boolean)
language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_live durable.live_runs;
  v_rank bigint := durable.rank_of(v_now);
  v_at timestamptz;
begin
  o_begun := false;
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    return;
  end if;
  o_status := durable.shown_status(v_live);
  delete from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run
    and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin' returning t.due_at into v_at;
  if not found then
    return;
  end if;
  o_begun := true;
  update durable.timers set due_at = due_at - (v_at - v_now)
    where workspace_id = p_workspace and run_id = p_run and kind in ('start', 'finish');
  update durable.runs set begins_at = v_now where workspace_id = p_workspace and id = p_run;
  if v_live.status = 'waiting' then
    o_status := 'queued';
    update durable.live_runs set status = 'queued', ready_rank = v_rank where workspace_id = p_workspace and run_id = p_run;
    insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.begin', p_run::text, p_reason);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.begun', v_live.journal_seq);
end $$;
