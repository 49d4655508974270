-- Every deployment of an app that was synced, and where it answers: runs that are kept on theirs are called there.
create table durable.deployments (
  workspace_id int not null,
  name text not null,
  url text not null,
  max_duration_ms int,
  capabilities text[] not null,
  manifest_digest text not null,
  replaced_by text,                          -- the deployment that answers at its address now
  retired_at timestamptz,                    -- since then a person wants nothing sent to it
  synced_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, name)
);

-- Runs that a person has moved, and to where; null is the newest, whatever it is.
create table durable.placements (
  workspace_id int not null,
  run_id uuid not null,
  deployment text,
  primary key (workspace_id, run_id)
);

-- Part of a sync. At one address answers one deployment: the one that was there before is gone from it. A retired one
-- is back.
create function durable.note_deployed(
  p_workspace int, p_name text, p_url text, p_max_duration_ms int, p_capabilities text[], p_digest text
) returns void
language sql volatile as $$
  update durable.deployments set replaced_by = coalesce(p_name, 'one without a name')
    where workspace_id = p_workspace and url = p_url and name is distinct from p_name and replaced_by is null;
  insert into durable.deployments (workspace_id, name, url, max_duration_ms, capabilities, manifest_digest)
    select p_workspace, p_name, p_url, p_max_duration_ms, p_capabilities, p_digest where p_name is not null
    on conflict (workspace_id, name) do update
      set url = excluded.url, max_duration_ms = excluded.max_duration_ms, capabilities = excluded.capabilities,
          manifest_digest = excluded.manifest_digest, replaced_by = null, retired_at = null,
          synced_at = excluded.synced_at;
$$;

-- A person moves a run to a deployment, or to the newest (p_to null). A call under way is recorded as it is, and then the
-- lease is let go of; whoever takes the run up next calls it there. What waits for its deployment goes at once, the run
-- and its planned steps. Answers the status it has
-- then or has ended with, 'unknown-deployment', or null for an id not in this workspace.
create function durable.move_run(p_workspace int, p_run uuid, p_actor text, p_to text, p_reason text) returns text
language plpgsql as $$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  v_live durable.live_runs;
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_keeps boolean;
  v_newest text;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    return (select r.status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
  end if;
  if p_to is not null and not exists (
    select 1 from durable.deployments d where d.workspace_id = p_workspace and d.name = p_to and d.replaced_by is null and d.retired_at is null
  ) then
    return 'unknown-deployment';
  end if;
  select coalesce(f.manifest::json ->> 'version', 'latest') <> 'latest' into v_keeps
    from durable.runs r join durable.functions f on f.workspace_id = r.workspace_id and f.id = r.function_id
    where r.workspace_id = p_workspace and r.id = p_run;
  select e.deployment into v_newest from durable.endpoints e where e.workspace_id = p_workspace;
  if p_to is null and v_keeps is not true then
    delete from durable.placements where workspace_id = p_workspace and run_id = p_run;
  else
    -- One that is kept where it is stays at what is the newest now.
    insert into durable.placements (workspace_id, run_id, deployment) values (p_workspace, p_run, coalesce(p_to, v_newest))
      on conflict (workspace_id, run_id) do update set deployment = excluded.deployment;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.move', p_run::text, concat_ws(': ', coalesce(p_to, 'latest'), p_reason));
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    values (p_workspace, p_run, 'run.moved', v_live.journal_seq);
  with freed as (
    delete from durable.timers m using durable.tasks t
      where m.workspace_id = p_workspace and m.run_id = p_run and m.kind = 'task'
        and t.workspace_id = m.workspace_id and t.run_id = m.run_id and t.step_id = m.step_id
        -- Not what waits after an attempt that its own code has failed.
        and t.status = 'waiting' and t.transport_attempt > 0
      returning m.step_id
  ), task as (
    update durable.tasks t set status = 'queued', ready_rank = v_rank, transport_attempt = 0
      from freed f where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = f.step_id
      returning t.step_id
  )
  insert into durable.ready (rank, workspace_id, run_id, step_id) select v_rank, p_workspace, p_run, step_id from task;
  if v_live.status = 'running' then
    update durable.live_runs set moving = true where workspace_id = p_workspace and run_id = p_run;
  elsif v_live.status = 'waiting' then
    delete from durable.timers where workspace_id = p_workspace and run_id = p_run and step_id = c_run and kind = 'retry';
    if found then
      update durable.live_runs set status = 'queued', ready_rank = v_rank, transport_attempt = 0, fence = gen_random_uuid()
        where workspace_id = p_workspace and run_id = p_run;
      insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
      return 'queued';
    end if;
  end if;
  return durable.shown_status(v_live);
end $$;

-- A person wants nothing sent to a deployment any more. Answers retired, already (it was), newest (new runs go there;
-- not retired), or null when unknown.
create function durable.retire_deployment(p_workspace int, p_actor text, p_name text) returns text
language plpgsql as $$
declare
  v_retired_at timestamptz;
begin
  -- A sync may be making it the newest at this moment.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  select d.retired_at into v_retired_at from durable.deployments d
    where d.workspace_id = p_workspace and d.name = p_name for update;
  if not found then
    return null;
  elsif v_retired_at is not null then
    return 'already';
  elsif exists (select 1 from durable.endpoints e where e.workspace_id = p_workspace and e.deployment = p_name) then
    return 'newest';
  end if;
  update durable.deployments set retired_at = clock_timestamp() where workspace_id = p_workspace and name = p_name;
  insert into durable.audit (workspace_id, actor, action, target)
    values (p_workspace, p_actor, 'deployment.retire', p_name);
  return 'retired';
end $$;
