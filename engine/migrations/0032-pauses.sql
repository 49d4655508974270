-- Pausing a workspace, a function, the runs of one key of a limit, or of one tenant. Its jobs are moved out of the claim's
-- way and held in `parked` under the pause's id, with the ranks they have. What causes jobs goes on: timers, waits, events.

create function durable.is_paused_by(p_pause durable.pauses, p_live durable.live_runs) returns boolean
language sql stable as $$
  select case p_pause.kind
    when 'workspace' then true
    when 'function' then exists (select 1 from durable.runs r
      where r.workspace_id = p_live.workspace_id and r.id = p_live.run_id and r.function_id = p_pause.function_id)
    when 'key' then exists (select 1 from durable.gates g
      where g.workspace_id = p_live.workspace_id and g.id = any (p_live.run_gates || p_live.step_gates)
        and g.limit_id = p_pause.limit_id and g.key = p_pause.key)
    else exists (select 1 from durable.tenants t
      where t.workspace_id = p_live.workspace_id and t.id = p_live.tenant and t.function_id = p_pause.function_id and t.key = p_pause.key)
  end
$$;

-- Part of the claim: which of these jobs are paused, each by the oldest pause. A pause that somebody ends at this moment holds
-- nothing more; the share lock keeps a job from coming to it after its last one has left.
create function durable.paused_jobs(p_workspace int[], p_run uuid[], p_on boolean[]) returns table (no int, pause_id uuid)
language plpgsql as $$
begin
  return query
    with pause as materialized (
      select p.* from durable.pauses p where p.workspace_id = any (p_workspace) and not p.ending order by p.workspace_id, p.id for share skip locked
    )
    select distinct on (q) q, p.id from generate_subscripts(p_run, 1) as q
    cross join lateral (select l as live from durable.live_runs l where l.workspace_id = p_workspace[q] and l.run_id = p_run[q] limit 1) as o
    join pause p on p.workspace_id = p_workspace[q]
      and durable.is_paused_by((p.workspace_id, p.id, p.kind, p.function_id, p.limit_id, p.key, p.actor, p.reason, p.since, p.ending)::durable.pauses, o.live)
    where p_on[q]
    order by q, p.since, p.id;
end $$;

-- Part of the claim: jobs that it has picked from ready and may lease, but for those that are paused. Answers their numbers.
create function durable.hold_jobs(p_workspace int[], p_run uuid[], p_step uuid[], p_rank bigint[], p_on boolean[]) returns int[]
language plpgsql as $$
declare
  v_no int[]; v_pause uuid[];
begin
  select array_agg(h.no), array_agg(h.pause_id) into v_no, v_pause from durable.paused_jobs(p_workspace, p_run, p_on) as h;
  if v_no is not null then
    delete from durable.ready r where r.ctid = any (array(
      select c.ctid from unnest(v_no) as q
      cross join lateral (select c.ctid from durable.ready c where c.rank = p_rank[q] and c.workspace_id = p_workspace[q]
        and c.run_id = p_run[q] and c.step_id = p_step[q] limit 1) as c));
    insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
      select p_workspace[h.q], h.pause, p_rank[h.q], p_run[h.q], p_step[h.q] from unnest(v_no, v_pause) as h(q, pause);
    -- It may have passed its gates already. A place that its run keeps is kept.
    perform durable.free_grants(p_workspace[q], p_run[q], array[p_step[q]]) from unnest(v_no) as q;
  end if;
  return v_no;
end $$;

-- Part of the claim: of jobs that could leave these gates of one workspace, those that are paused go out of the way of the
-- others, with more of the same. The caller keeps the gates. Answers whether there were any.
create function durable.hold_parked(p_workspace int, q_run uuid[], q_gate uuid[]) returns boolean
language plpgsql as $$
declare
  k_gate uuid[]; k_rank bigint[]; k_run uuid[]; k_step uuid[]; v_no int[]; v_pause uuid[];
begin
  perform 1 from durable.paused_jobs(array_fill(p_workspace, array[cardinality(q_run)]), q_run, array_fill(true, array[cardinality(q_run)]));
  if not found then
    return false;
  end if;
  select array_agg(k.gate_id), array_agg(k.rank), array_agg(k.run_id), array_agg(k.step_id) into k_gate, k_rank, k_run, k_step
    from (select distinct gate from unnest(q_gate) as gate) as g
    cross join lateral (
      select c.gate_id, c.rank, c.run_id, c.step_id from durable.parked c where c.workspace_id = p_workspace and c.gate_id = g.gate
      order by c.rank, c.run_id, c.step_id limit 1000 for update skip locked) as k;
  select array_agg(h.no), array_agg(h.pause_id) into v_no, v_pause
    from durable.paused_jobs(array_fill(p_workspace, array[cardinality(k_run)]), k_run, array_fill(true, array[cardinality(k_run)])) as h;
  if v_no is null then
    return false;
  end if;
  delete from durable.parked k where k.ctid = any (array(
    select c.ctid from unnest(v_no) as q
    cross join lateral (select c.ctid from durable.parked c where c.workspace_id = p_workspace and c.gate_id = k_gate[q]
      and c.rank = k_rank[q] and c.run_id = k_run[q] and c.step_id = k_step[q] limit 1) as c));
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, h.pause, k_rank[h.q], k_run[h.q], k_step[h.q] from unnest(v_no, v_pause) as h(q, pause);
  update durable.gates g set parked = g.parked - c.jobs
    from (select k_gate[q] as id, count(*)::int as jobs from unnest(v_no) as q group by 1) as c
    where g.workspace_id = p_workspace and g.id = c.id;
  return true;
end $$;

-- Part of the claim: jobs of pauses that have ended go back, so many; with the last one the pause goes.
create function durable.release_held(p_limit int) returns void
language plpgsql as $$
declare
  v_pause durable.pauses;
begin
  select * into v_pause from durable.pauses p where p.ending order by p.workspace_id, p.id limit 1 for update skip locked;
  if found then
    perform durable.unpark_jobs(v_pause.workspace_id, v_pause.id, p_limit, 1);
    delete from durable.pauses p where p.workspace_id = v_pause.workspace_id and p.id = v_pause.id
      and not exists (select 1 from durable.parked k where k.workspace_id = p.workspace_id and k.gate_id = p.id);
  end if;
end $$;

-- A person pauses something. From this commit on events know of it (the registry's version); a claim under way may still
-- lease: see interrupt_paused. Answers its id and whether it is new.
create function durable.pause(p_workspace int, p_actor text, p_kind text, p_function text, p_limit uuid, p_key text, p_reason text,
  out o_id uuid, out o_new boolean)
language plpgsql as $$
begin
  insert into durable.pauses (workspace_id, kind, function_id, limit_id, key, actor, reason, since)
    values (p_workspace, p_kind, p_function, p_limit, p_key, p_actor, p_reason, durable.durable_now())
    on conflict do nothing returning id into o_id;
  o_new := found;
  if not found then
    select p.id into o_id from durable.pauses p where p.workspace_id = p_workspace and not p.ending
      and (p.kind, p.function_id, p.limit_id, p.key) is not distinct from (p_kind, p_function, p_limit, p_key);
    return;
  end if;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'pause', o_id::text,
      json_build_object('kind', p_kind, 'function', p_function, 'limit', p_limit, 'key', p_key, 'reason', p_reason)::text);
end $$;

-- Follows a pause: what is leased under it by now lets go at its next commit. Waits for every claim and birth that was
-- under way, for those that begin after it know of the pause.
create function durable.interrupt_paused(p_workspace int, p_pause uuid) returns int
language plpgsql as $$
declare
  v_count int;
begin
  perform 1 from durable.engines e where e.state in ('live', 'draining') order by e.id for update;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.status = 'running'
    order by l.workspace_id, l.run_id for update;
  update durable.live_runs l set moving = true
    from durable.pauses p
    where p.workspace_id = p_workspace and p.id = p_pause and not p.ending
      and l.workspace_id = p_workspace and l.status = 'running' and not l.moving and durable.is_paused_by(p, l);
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- A person resumes it. Answers whether there is such a pause.
create function durable.unpause(p_workspace int, p_actor text, p_pause uuid, p_reason text) returns boolean
language plpgsql as $$
begin
  update durable.pauses p set ending = true where p.workspace_id = p_workspace and p.id = p_pause and not p.ending;
  if not found then
    return false;
  end if;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'resume', p_pause::text, p_reason);
  return true;
end $$;
