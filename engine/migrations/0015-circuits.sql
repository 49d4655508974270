-- The circuit breaker of an endpoint: while an app is down or asks for less, its runs cost it nothing and the engine
-- next to nothing. A row stands here only while something is wrong; a workspace without one is healthy, so the claim
-- pays for all of this with one look at an empty table. Its clock is real time: probes are calls of real processes.
create table durable.circuits (
  workspace_id int primary key,
  state text not null,                       -- open (nothing is sent but probes) | limited (a few at a time) | closing (its jobs go back to ready)
  since timestamptz not null default clock_timestamp(),
  error text not null,                       -- the last thing that went wrong, as a sentence
  probe_ms int not null,                     -- the pause after the next failed probe
  next_probe_at timestamptz not null         -- limited: nothing is sent before it
) with (fillfactor = 50);

-- Jobs that may not run now, out of the claim's way, under what blocks them: a gate (0026), a fair queue (0031), a pause
-- (0032), or all zeros for the circuit of their workspace. Their run or task stays queued with the same rank. A job whose run or task no longer has that
-- rank is worth nothing, and is dropped when it is taken out.
create table durable.parked (
  workspace_id int not null,
  gate_id uuid not null default '00000000-0000-0000-0000-000000000000',
  rank bigint not null,
  run_id uuid not null,
  step_id uuid not null,
  primary key (workspace_id, gate_id, rank, run_id, step_id)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- What people have paused (0032).
create table durable.pauses (
  workspace_id int not null,
  id uuid not null default gen_random_uuid(),
  kind text not null,                        -- workspace | function | key (of a limit) | tenant (of a fair function)
  function_id text, limit_id uuid, key text, -- what of it: JSON of the value of the key
  actor text not null,
  reason text,
  since timestamptz not null,
  ending boolean not null default false,     -- resumed: its jobs are on their way back
  primary key (workspace_id, id)
);
create unique index pauses_once on durable.pauses (workspace_id, kind, coalesce(function_id, ''), coalesce(limit_id::text, ''), coalesce(key, ''))
  where not ending;

-- Part of the claim: what stands at the head of ready and may not run goes out of its way, once. A circuit that somebody is changing is left
-- alone until it is changed; the share lock keeps a job from being parked after its circuit has closed for good.
create function durable.park_jobs(p_blocked int[]) returns int
language plpgsql as $$
declare
  v_count int;
begin
  with circuit as materialized (
    select c.workspace_id from durable.circuits c
    where c.workspace_id = any (p_blocked) and c.state <> 'closing' for share skip locked
  ), head as materialized (
    select r.rank, r.workspace_id, r.run_id, r.step_id from durable.ready r
    where r.rank > 0 order by r.rank, r.workspace_id, r.run_id, r.step_id limit 500
  ), picked as materialized (
    select r.rank, r.workspace_id, r.run_id, r.step_id from head h join circuit c on c.workspace_id = h.workspace_id
    join durable.ready r on r.rank = h.rank and r.workspace_id = h.workspace_id and r.run_id = h.run_id and r.step_id = h.step_id
    for update of r skip locked
  ), gone as (
    delete from durable.ready r using picked p
      where r.rank = p.rank and r.workspace_id = p.workspace_id and r.run_id = p.run_id and r.step_id = p.step_id
  ), parked as (
    insert into durable.parked (workspace_id, rank, run_id, step_id)
      select workspace_id, rank, run_id, step_id from picked on conflict do nothing
  )
  select count(*) into v_count from picked;
  return v_count;
end $$;

-- In this function and in those of 0026, 0031 and 0032 that handle many jobs of one workspace, every table is asked for just the
-- rows that are meant (one by one with a limit, or by their places). Joined alone, a plan made while the tables were small, and kept until they
-- are analyzed, walks all that the workspace has by now, for each job: minutes instead of milliseconds behind 100,000.

-- The oldest jobs that a circuit or a pause has held, back into ready, or into their fair queue; never waits for a lock. With p_sign -1 under a negative rank, which the
-- claim never parks and takes first: it follows in the same transaction, so nobody else ever sees one.
create function durable.unpark_jobs(p_workspace int, p_from uuid, p_limit int, p_sign int) returns int
language plpgsql as $$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  -- Those that are free: their run or task is locked. And where all stand that leave.
  f_run uuid[]; f_step uuid[]; f_rank bigint[]; f_came bigint[]; f_queue uuid[];
  v_gone tid[]; v_runs tid[]; v_tasks tid[];
begin
  with picked as materialized (
    select k.ctid as place, k.rank, k.run_id, k.step_id from durable.parked k where k.workspace_id = p_workspace and k.gate_id = p_from
    order by k.rank, k.run_id, k.step_id limit p_limit for update skip locked
  ), held as materialized (
    select p.*, l.came, l.live_place, l.tenant from picked p
    cross join lateral (select l.came, l.ctid as live_place, l.tenant from durable.live_runs l where l.workspace_id = p_workspace
      and l.run_id = p.run_id and l.status = 'queued' and l.ready_rank = p.rank limit 1 for update skip locked) as l
    where p.step_id = c_run
  ), held_task as materialized (
    select p.*, t.came, t.live_place from picked p
    cross join lateral (select t.came, t.ctid as live_place from durable.tasks t where t.workspace_id = p_workspace
      and t.run_id = p.run_id and t.step_id = p.step_id and t.status = 'queued' and t.ready_rank = p.rank limit 1 for update skip locked) as t
    where p.step_id <> c_run
  ), free as materialized (
    select * from held union all
    select h.*, (select l.tenant from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = h.run_id limit 1) from held_task h
  ), told as materialized (
    -- Of fair functions: let out at once they would all go before whoever has come since. Who has passed his gates already has
    -- had his turn: in the queue he would keep his places from others, and these are few.
    select f.*, case when p_sign > 0 and (select g.gate_id from durable.grants g
      where g.workspace_id = p_workspace and g.run_id = f.run_id and g.step_id = f.step_id limit 1) is null then (
      select t.queue_id from durable.tenants t where t.workspace_id = p_workspace and t.id = f.tenant limit 1) end as queue_id from free f
  ), nobodys as (
    select p.place from picked p where case when p.step_id = c_run
      then (select l.run_id from durable.live_runs l
        where l.workspace_id = p_workspace and l.run_id = p.run_id and l.status = 'queued' and l.ready_rank = p.rank limit 1)
      else (select t.run_id from durable.tasks t where t.workspace_id = p_workspace
        and t.run_id = p.run_id and t.step_id = p.step_id and t.status = 'queued' and t.ready_rank = p.rank limit 1) end is null
  )
  select array_agg(t.run_id), array_agg(t.step_id), array_agg(t.rank), array_agg(t.came), array_agg(t.queue_id),
      array_agg(t.place) || (select array_agg(n.place) from nobodys n),
      array_agg(t.live_place) filter (where t.step_id = c_run), array_agg(t.live_place) filter (where t.step_id <> c_run)
    into f_run, f_step, f_rank, f_came, f_queue, v_gone, v_runs, v_tasks from told t;
  delete from durable.parked k where k.ctid = any (v_gone);
  if f_run is null then
    return 0;
  end if;
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, f_queue[q], abs(f_rank[q]), f_run[q], f_step[q] from generate_subscripts(f_run, 1) as q
    where f_queue[q] is not null and f_came[q] is not null;
  insert into durable.turns (rank, workspace_id, queue_id)
    select f_came[q], p_workspace, f_queue[q] from generate_subscripts(f_run, 1) as q where f_queue[q] is not null and f_came[q] is not null;
  insert into durable.arrivals (rank, workspace_id, run_id, step_id)
    select abs(f_rank[q]), p_workspace, f_run[q], f_step[q] from generate_subscripts(f_run, 1) as q
    where f_queue[q] is not null and f_came[q] is null on conflict do nothing;
  update durable.live_runs l set ready_rank = abs(l.ready_rank) * p_sign where l.ctid = any (v_runs);
  update durable.tasks t set ready_rank = abs(t.ready_rank) * p_sign where t.ctid = any (v_tasks);
  insert into durable.ready (rank, workspace_id, run_id, step_id)
    select abs(f_rank[q]) * p_sign, p_workspace, f_run[q], f_step[q] from generate_subscripts(f_run, 1) as q
    where f_queue[q] is null or f_came[q] is null;
  return cardinality(f_run);
end $$;

-- Lease the oldest parked jobs of a workspace whose circuit is limited: how many is for the engine to say.
create function durable.claim_parked(p_engine int, p_workspace int, p_limit int)
returns table (workspace_id int, run_id uuid, step_id uuid, fence uuid, journal_seq int, run_attempt int, transport_attempt int, ready_rank bigint,
  gates text)
language plpgsql as $$
declare
  v_count int;
begin
  perform 1 from durable.engines e where e.id = p_engine and e.state = 'live' for key share;
  if found then
    v_count := durable.unpark_jobs(p_workspace, '00000000-0000-0000-0000-000000000000', p_limit, -1);
    if v_count > 0 then
      return query select * from durable.claim(p_engine, v_count);
    end if;
  end if;
end $$;

-- The endpoint does not answer. Whoever finds out first opens it; for the others it is open already.
create function durable.open_circuit(p_workspace int, p_error text, p_probe_ms int) returns void
language sql volatile as $$
  insert into durable.circuits as c (workspace_id, state, error, probe_ms, next_probe_at)
    values (p_workspace, 'open', p_error, p_probe_ms, clock_timestamp() + p_probe_ms * interval '1 millisecond')
    on conflict (workspace_id) do update
      set state = 'open', since = clock_timestamp(), error = excluded.error, probe_ms = excluded.probe_ms,
          next_probe_at = excluded.next_probe_at
      where c.state <> 'open'
$$;

-- The right to the probe that is due: one engine gets it. One that dies with it delays the next probe by 15 s.
create function durable.take_probe(p_workspace int, p_probe_ms_max int) returns boolean
language plpgsql as $$
begin
  update durable.circuits set next_probe_at = clock_timestamp() + interval '15 seconds',
      probe_ms = least(probe_ms * 2, p_probe_ms_max)
    where workspace_id = p_workspace and state = 'open' and next_probe_at <= clock_timestamp();
  return found;
end $$;

-- What came of it: an error, or null when the endpoint answered. Then its jobs go out again, few at first.
create function durable.end_probe(p_workspace int, p_error text) returns void
language sql volatile as $$
  update durable.circuits
    set state = case when p_error is null then 'limited' else state end,
        since = case when p_error is null then clock_timestamp() else since end,
        error = coalesce(p_error, error),
        next_probe_at = clock_timestamp() + case when p_error is null then 0 else probe_ms end * interval '1 millisecond'
    where workspace_id = p_workspace and state = 'open'
$$;

-- The endpoint answers, and asks for less.
create function durable.limit_circuit(p_workspace int, p_error text, p_pause_ms int, p_probe_ms int) returns void
language sql volatile as $$
  insert into durable.circuits as c (workspace_id, state, error, probe_ms, next_probe_at)
    values (p_workspace, 'limited', p_error, p_probe_ms, clock_timestamp() + p_pause_ms * interval '1 millisecond')
    on conflict (workspace_id) do update
      set state = 'limited', error = excluded.error, next_probe_at = greatest(c.next_probe_at, excluded.next_probe_at)
      where c.state <> 'open'
$$;

-- All is well: from here on the claim takes its jobs like any others.
create function durable.close_circuit(p_workspace int) returns void
language sql volatile as $$
  update durable.circuits set state = 'closing' where workspace_id = p_workspace and state = 'limited'
$$;

-- Part of its jobs back into ready; with the last one the row goes. Any engine does it, so none that dies strands them.
create function durable.release_parked(p_workspace int, p_limit int) returns int
language plpgsql as $$
declare
  v_count int;
begin
  perform 1 from durable.circuits where workspace_id = p_workspace and state = 'closing' for update skip locked;
  if not found then
    return 0;
  end if;
  v_count := durable.unpark_jobs(p_workspace, '00000000-0000-0000-0000-000000000000', p_limit, 1);
  delete from durable.circuits where workspace_id = p_workspace
    and not exists (select 1 from durable.parked where workspace_id = p_workspace
      and gate_id = '00000000-0000-0000-0000-000000000000');
  return v_count;
end $$;
