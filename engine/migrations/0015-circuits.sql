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

-- The oldest jobs that a circuit or a pause has held, back into ready, or into their fair queue; never waits for a lock. With p_sign -1 under a negative rank, which the
-- claim never parks and takes first: it follows in the same transaction, so nobody else ever sees one.
create function durable.unpark_jobs(p_workspace int, p_from uuid, p_limit int, p_sign int) returns int
language plpgsql as $$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  v_count int;
begin
  with picked as materialized (
    select k.rank, k.run_id, k.step_id from durable.parked k where k.workspace_id = p_workspace and k.gate_id = p_from
    order by k.rank, k.run_id, k.step_id limit p_limit for update skip locked
  ), held as materialized (
    select l.run_id, p.rank, l.came from picked p
    join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = p.run_id
    where p.step_id = c_run and l.status = 'queued' and l.ready_rank = p.rank
    order by 1 for update of l skip locked
  ), held_task as materialized (
    select t.run_id, t.step_id, p.rank, t.came from picked p
    join durable.tasks t on t.workspace_id = p_workspace and t.run_id = p.run_id and t.step_id = p.step_id
    where p.step_id <> c_run and t.status = 'queued' and t.ready_rank = p.rank
    order by 1, 2 for update of t skip locked
  ), free as materialized (
    select run_id, c_run as step_id, rank, came from held union all select run_id, step_id, rank, came from held_task
  ), fair as materialized (
    -- Let out at once they would all go before whoever has come since.
    select f.*, t.queue_id from free f
    join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = f.run_id
    join durable.tenants t on t.workspace_id = p_workspace and t.id = l.tenant
    where p_sign > 0
  ), queued as (
    insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
      select p_workspace, queue_id, rank, run_id, step_id from fair where came is not null
  ), turn as (
    insert into durable.turns (rank, workspace_id, queue_id) select came, p_workspace, queue_id from fair where came is not null
  ), arrival as (
    insert into durable.arrivals (rank, workspace_id, run_id, step_id)
      select rank, p_workspace, run_id, step_id from fair where came is null on conflict do nothing
  ), gone as (
    delete from durable.parked k using picked p
      where k.workspace_id = p_workspace and k.gate_id = p_from and k.rank = p.rank and k.run_id = p.run_id and k.step_id = p.step_id
        and (exists (select 1 from free f where f.run_id = p.run_id and f.step_id = p.step_id and f.rank = p.rank)
          or case when p.step_id = c_run then not exists (select 1 from durable.live_runs l
              where l.workspace_id = p_workspace and l.run_id = p.run_id and l.status = 'queued' and l.ready_rank = p.rank)
            else not exists (select 1 from durable.tasks t
              where t.workspace_id = p_workspace and t.run_id = p.run_id and t.step_id = p.step_id and t.status = 'queued' and t.ready_rank = p.rank)
            end)
  ), run as (
    update durable.live_runs l set ready_rank = abs(h.rank) * p_sign from held h
      where l.workspace_id = p_workspace and l.run_id = h.run_id
  ), task as (
    update durable.tasks t set ready_rank = abs(h.rank) * p_sign from held_task h
      where t.workspace_id = p_workspace and t.run_id = h.run_id and t.step_id = h.step_id
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id, step_id)
      select abs(f.rank) * p_sign, p_workspace, f.run_id, f.step_id from free f
      where not exists (select 1 from fair q where q.run_id = f.run_id and q.step_id = f.step_id and q.came is not null)
  )
  select count(*) into v_count from free;
  return v_count;
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
