-- In which order jobs are leased: priority moves a job's rank, fairness between tenants gives it another. Who makes a job
-- ready knows nothing of this. A claim that holds the workspace's row in gatekeepers ranks what has come since.

-- Jobs in ready, under the time at which they became ready, whose run has a priority or a tenant.
create table durable.arrivals (
  rank bigint not null,
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  primary key (rank, workspace_id, run_id, step_id)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Of whom a fair queue keeps apart. Written by births, once a day and when a weight changes.
create table durable.tenants (
  workspace_id int not null,
  id uuid not null,                          -- hash of queue and key
  queue_id uuid not null,
  function_id text not null,
  key text not null,                         -- JSON of the value
  weight int not null,
  touched_on date not null default current_date,
  primary key (workspace_id, id)
);

-- How far they are, as ranks: of a tenant, the tag of its next job; of a queue, the highest tag that was leased.
create table durable.virtual_times (
  workspace_id int not null,
  id uuid not null,
  at float8 not null,
  primary key (workspace_id, id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Places in the order of ready that belong to a fair queue: whoever of it is next takes the first. Its jobs stand in
-- `parked` under the queue's id. Never fewer turns than jobs; those that jobs left behind go when the queue is empty.
create table durable.turns (
  rank bigint not null,                      -- when the job became ready that came with it
  workspace_id int not null,
  queue_id uuid not null,
  no bigint generated always as identity,
  primary key (rank, workspace_id, queue_id, no)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Every way into ready, whoever takes it; but for the claim that gives a job its rank.
create function durable.run_arrives() returns trigger language plpgsql as $$
begin
  if current_setting('durable.ranking', true) is distinct from 'on' then
    insert into durable.arrivals (rank, workspace_id, run_id, step_id)
      values (new.ready_rank, new.workspace_id, new.run_id, '00000000-0000-0000-0000-000000000000') on conflict do nothing;
  end if;
  return null;
end $$;
create trigger run_arrives after insert on durable.live_runs for each row
  when (new.ready_rank is not null and (new.priority is not null or new.tenant is not null)) execute function durable.run_arrives();
create trigger run_arrives_again after update of ready_rank on durable.live_runs for each row
  when (new.ready_rank > 0 and new.ready_rank is distinct from old.ready_rank and (new.priority is not null or new.tenant is not null))
  execute function durable.run_arrives();

create function durable.task_arrives() returns trigger language plpgsql as $$
begin
  if current_setting('durable.ranking', true) is distinct from 'on' and exists (select 1 from durable.live_runs l
      where l.workspace_id = new.workspace_id and l.run_id = new.run_id and (l.priority is not null or l.tenant is not null)) then
    insert into durable.arrivals (rank, workspace_id, run_id, step_id)
      values (new.ready_rank, new.workspace_id, new.run_id, new.step_id) on conflict do nothing;
  end if;
  return null;
end $$;
create trigger task_arrives after insert on durable.tasks for each row
  when (new.ready_rank is not null and (new.priority is not null or new.gates is not null)) execute function durable.task_arrives();
create trigger task_arrives_again after update of ready_rank on durable.tasks for each row
  when (new.ready_rank > 0 and new.ready_rank is distinct from old.ready_rank and (new.priority is not null or new.gates is not null))
  execute function durable.task_arrives();

-- Part of a birth.
create function durable.note_tenants(p_workspaces int[], t_workspace int[], t_id uuid[], t_queue uuid[], t_function text[], t_key text[], t_weight int[])
returns void language sql volatile as $$
  insert into durable.gatekeepers (workspace_id) select distinct workspace from unnest(p_workspaces) as workspace order by 1
    on conflict do nothing;
  insert into durable.tenants (workspace_id, id, queue_id, function_id, key, weight)
    select t.workspace, t.id, t.queue, t.function, t.key, t.weight
    from unnest(t_workspace, t_id, t_queue, t_function, t_key, t_weight) as t(workspace, id, queue, function, key, weight)
    where not exists (select 1 from durable.tenants k
      where k.workspace_id = t.workspace and k.id = t.id and k.weight = t.weight and k.touched_on >= current_date)
    order by 1, 2
    on conflict (workspace_id, id) do update set weight = excluded.weight, touched_on = excluded.touched_on;
$$;

-- Part of the claim: gives ranks to what has come, of one workspace; the caller keeps its gates. A job that somebody
-- else has in hand at this moment is left for the next one. Without bitmaps, or all that have come are sorted to find the first.
create function durable.take_in(p_workspace int) returns void
language plpgsql set enable_bitmapscan = off as $$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  c_unit constant float8 := 100;             -- by how many microseconds a job of weight 1 moves its tenant on
  a_rank bigint[]; a_run uuid[]; a_step uuid[]; a_priority int[]; a_queue uuid[]; a_tag bigint[];
  r_run uuid[]; r_tag bigint[]; r_rank bigint[];  -- of runs, each once
  a_place tid[]; r_place tid[]; t_place tid[];  -- of jobs, runs and tasks, all of them locked
begin
  if not exists (select 1 from durable.arrivals where workspace_id = p_workspace) then
    return;
  end if;
  with picked as materialized (
    select a.ctid as place, a.rank, a.run_id, a.step_id from durable.arrivals a where a.workspace_id = p_workspace
    order by a.rank, a.run_id, a.step_id limit 1000 for update skip locked
  ), job as materialized (
    select p.place, r.ctid as ready_place, p.rank, p.run_id, p.step_id from picked p
    cross join lateral (select r.ctid from durable.ready r where r.rank = p.rank and r.workspace_id = p_workspace and r.run_id = p.run_id
      and r.step_id = p.step_id limit 1 for update skip locked) as r
  ), held as materialized (
    select l.run_id, c_run as step_id, j.rank, j.place, j.ready_place, l.live_place from job j
    cross join lateral (select l.run_id, l.ctid as live_place from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = j.run_id
      and l.status = 'queued' and l.ready_rank = j.rank limit 1 for update skip locked) as l
    where j.step_id = c_run
  ), held_task as materialized (
    select t.run_id, t.step_id, j.rank, j.place, j.ready_place, t.live_place from job j
    cross join lateral (select t.run_id, t.step_id, t.ctid as live_place from durable.tasks t where t.workspace_id = p_workspace and t.run_id = j.run_id
      and t.step_id = j.step_id and t.status = 'queued' and t.ready_rank = j.rank limit 1 for update skip locked) as t
    where j.step_id <> c_run
  ), free as materialized (
    select * from held union all select * from held_task
  ), gone as (
    delete from durable.arrivals a where a.ctid = any (array(select place from free))
  ), stale as (
    -- It was leased, dropped, or went out of the way of the claim meanwhile.
    delete from durable.arrivals a where a.ctid = any (array(
      select p.place from picked p where (select r.rank from durable.ready r
        where r.rank = p.rank and r.workspace_id = p_workspace and r.run_id = p.run_id and r.step_id = p.step_id limit 1) is null))
  )
  select array_agg(f.rank), array_agg(f.run_id), array_agg(f.step_id), array_agg(f.ready_place),
      array_agg(f.live_place) filter (where f.step_id = c_run), array_agg(f.live_place) filter (where f.step_id <> c_run)
    into a_rank, a_run, a_step, a_place, r_place, t_place from free f;
  if a_rank is null then
    return;
  end if;

  with job as materialized (
    select a.rank, a.run_id, a.step_id, coalesce(l.priority, 0) as priority, l.tenant, t.queue_id, c_unit / t.weight as cost, l.run_gates || l.step_gates as gates
    from unnest(a_rank, a_run, a_step) as a(rank, run_id, step_id)
    cross join lateral (select l.priority, l.tenant, l.run_gates, l.step_gates from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = a.run_id limit 1) as l
    left join lateral (
      select n.queue_id, n.weight from durable.tenants n where n.workspace_id = p_workspace and n.id = l.tenant limit 1) as t on true
  ), queue as materialized (
    select q.queue_id as id, case when q.is_idle then greatest(v.at, q.rank) else coalesce(v.at, q.rank) end as at
    from (
      select j.queue_id, min(j.rank) as rank,
        not exists (select 1 from durable.parked k where k.workspace_id = p_workspace and k.gate_id = j.queue_id)
          and not bool_or(exists (select 1 from durable.gates g
            where g.workspace_id = p_workspace and g.id = any (j.gates) and g.parked > 0)) as is_idle
      from job j where j.queue_id is not null group by j.queue_id) as q
    left join lateral (
      select t.at from durable.virtual_times t where t.workspace_id = p_workspace and t.id = q.queue_id limit 1) as v on true
  ), tenant as materialized (
    select j.tenant as id, greatest(min(q.at), min(v.at)) as at, min(j.cost) as cost, count(*) as jobs
    from job j join queue q on q.id = j.queue_id
    left join lateral (
      select t.at from durable.virtual_times t where t.workspace_id = p_workspace and t.id = j.tenant limit 1) as v on true
    group by j.tenant
  ), kept as (
    insert into durable.virtual_times (workspace_id, id, at)
      select p_workspace, q.id, q.at from queue q union all
      select p_workspace, t.id, t.at + t.jobs * t.cost from tenant t
      on conflict (workspace_id, id) do update set at = excluded.at
  ), ranked as (
    select j.*, q.at as now,
      t.at + (row_number() over (partition by j.tenant order by j.rank, j.run_id, j.step_id) - 1) * t.cost - j.priority * t.cost as tag
    from job j left join queue q on q.id = j.queue_id left join tenant t on t.id = j.tenant
  )
  select array_agg(r.rank), array_agg(r.run_id), array_agg(r.step_id), array_agg(r.priority), array_agg(r.queue_id),
      array_agg(case when r.queue_id is null then r.rank - r.priority * 1000000 else floor(greatest(r.now, r.tag))::bigint end)
    into a_rank, a_run, a_step, a_priority, a_queue, a_tag from ranked r;

  perform set_config('durable.ranking', 'on', true);
  delete from durable.ready r where r.ctid = any (a_place);
  select array_agg(a_run[q]), array_agg(a_tag[q]), array_agg(a_rank[q]) into r_run, r_tag, r_rank from generate_subscripts(a_run, 1) as q
    where a_step[q] = c_run;
  update durable.live_runs l set ready_rank = r_tag[array_position(r_run, l.run_id)], came = r_rank[array_position(r_run, l.run_id)]
    where l.ctid = any (r_place);
  update durable.tasks t set ready_rank = a_tag[q], came = a_rank[q] from generate_subscripts(a_run, 1) as q
    where t.ctid = any (t_place) and t.run_id = a_run[q] and t.step_id = a_step[q];
  perform set_config('durable.ranking', 'off', true);
  insert into durable.ready (rank, workspace_id, run_id, step_id)
    select a_tag[q], p_workspace, a_run[q], a_step[q] from generate_subscripts(a_run, 1) as q where a_queue[q] is null;
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, a_queue[q], a_tag[q], a_run[q], a_step[q] from generate_subscripts(a_run, 1) as q where a_queue[q] is not null;
  insert into durable.turns (rank, workspace_id, queue_id)
    select a_rank[q], p_workspace, a_queue[q] from generate_subscripts(a_run, 1) as q where a_queue[q] is not null;
end $$;

-- Ranks what has come, also when no engine has a slot and claims: one who comes behind a hundred thousand others must not
-- wait until claims have ranked them all. Commits without waiting for the disk, as claims do. Answers whether there is more.
create function durable.rank_arrivals() returns boolean
language plpgsql as $$
declare
  v_workspace int;
begin
  if not exists (select 1 from durable.arrivals) then
    return false;
  end if;
  perform set_config('synchronous_commit', 'off', true);
  select g.workspace_id into v_workspace from durable.gatekeepers g
    where g.workspace_id in (select a.workspace_id from (select workspace_id from durable.arrivals order by rank limit 1000) as a)
    order by g.workspace_id limit 1 for update skip locked;
  if not found then
    return false;
  end if;
  perform durable.take_in(v_workspace);
  return exists (select 1 from durable.arrivals a where a.workspace_id = v_workspace);
end $$;

-- Part of the claim: turns that are among the first of all that could be leased go to who is next in their queues. The
-- caller keeps the gates of these workspaces.
create function durable.give_turns(p_workspaces int[], p_limit int) returns void
language plpgsql as $$
declare
  v_queue record;
  v_count int;
begin
  if not exists (select 1 from durable.turns) then
    return;
  end if;
  for v_queue in
    select f.workspace_id, f.queue_id, array_agg(f.rank order by f.rank, f.no) as ranks, array_agg(f.no order by f.rank, f.no) as nos from (
      (select r.rank, null::int as workspace_id, null::uuid as queue_id, null::bigint as no from durable.ready r
        order by r.rank, r.workspace_id, r.run_id, r.step_id limit p_limit)
      union all
      (select t.rank, t.workspace_id, t.queue_id, t.no from durable.turns t where t.workspace_id = any (p_workspaces)
        order by t.rank, t.workspace_id, t.queue_id, t.no limit p_limit)
      order by 1 limit p_limit) as f
    where f.queue_id is not null group by 1, 2 order by 1, 2
  loop
    -- By ctid: joined to its own limit, the queue would be walked to its end.
    with next as (
      delete from durable.parked k where k.ctid = any (array(
        select c.ctid from durable.parked c where c.workspace_id = v_queue.workspace_id and c.gate_id = v_queue.queue_id
        order by c.rank, c.run_id, c.step_id limit cardinality(v_queue.nos) for update skip locked))
        returning k.rank, k.run_id, k.step_id
    ), job as (
      insert into durable.ready (rank, workspace_id, run_id, step_id)
        select n.rank, v_queue.workspace_id, n.run_id, n.step_id from next n
    )
    select count(*) into v_count from next;
    delete from durable.turns t where t.ctid = any (array(
      select u.ctid from unnest(v_queue.ranks[:v_count], v_queue.nos[:v_count]) as q(rank, no)
      cross join lateral (select c.ctid from durable.turns c where c.rank = q.rank and c.workspace_id = v_queue.workspace_id
        and c.queue_id = v_queue.queue_id and c.no = q.no limit 1) as u));
    -- Nobody is left, so no turn is.
    if v_count < cardinality(v_queue.nos)
        and not exists (select 1 from durable.parked k where k.workspace_id = v_queue.workspace_id and k.gate_id = v_queue.queue_id) then
      delete from durable.turns t where t.ctid = any (array(
        select c.ctid from durable.turns c where c.workspace_id = v_queue.workspace_id and c.queue_id = v_queue.queue_id
        order by c.rank, c.no limit 10000));
    end if;
  end loop;
end $$;

-- Part of the claim: these jobs of fair queues are leased now. The caller keeps the gates.
create function durable.note_starts(p_workspace int[], p_run uuid[], p_rank bigint[], p_taken boolean[]) returns void
language sql volatile as $$
  update durable.virtual_times v set at = s.rank
    from (
      select t.workspace_id, t.queue_id, max(p_rank[q]) as rank from generate_subscripts(p_run, 1) as q
      cross join lateral (select l.workspace_id, l.tenant from durable.live_runs l
        where l.workspace_id = p_workspace[q] and l.run_id = p_run[q] limit 1) as l
      join durable.tenants t on t.workspace_id = l.workspace_id and t.id = l.tenant
      where p_taken[q] group by 1, 2) as s
    where v.workspace_id = s.workspace_id and v.id = s.queue_id and v.at < s.rank
$$;

-- Tenants come and go, as keys do: those that nobody came for go after some days, with how far they and their queues were.
create function durable.sweep_tenants(p_days int) returns int
language plpgsql as $$
declare
  v_count int;
begin
  with gone as (
    delete from durable.tenants t where t.touched_on < current_date - p_days
      and not exists (select 1 from durable.live_runs l where l.workspace_id = t.workspace_id and l.tenant = t.id)
      returning t.workspace_id, t.id
  )
  select count(*) into v_count from gone;
  delete from durable.virtual_times v
    where not exists (select 1 from durable.tenants t where t.workspace_id = v.workspace_id and v.id in (t.id, t.queue_id));
  return v_count;
end $$;
