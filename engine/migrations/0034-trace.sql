-- Where the time of a run went, as far as rows that are written anyway do not say it, and what others may read of runs.

-- Microseconds since 1970: all that Postgres keeps of an instant, as a whole number. Stable and no more, like what it calls: only so
-- is it made part of the statement. As a function that is called, and in decimals, 24,000 instants take 39 ms where this takes 8.
create function durable.epoch_us(p_at timestamptz) returns bigint
language sql stable parallel safe as $$ select (date_part('epoch', p_at) * 1000000)::bigint $$;

-- A job stood at a gate, and left it: let in, or to stand at another one. Written by the claim that moves it, for those that
-- really were parked; who finds room pays nothing. Append-only.
create table durable.limit_waits (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,                     -- all zeros: the run's own job
  until timestamptz not null,
  limit_id uuid not null,
  key text,                                  -- of its gate, which may be gone
  since timestamptz not null,                -- its job was ready: it may have stood at other gates before
  primary key (workspace_id, run_id, step_id, until, limit_id)
);

-- Part of drop_job (0026): it goes another way. pass_gates writes those that it moves itself, for a call costs a claim as much as
-- the claim.
create function durable.note_limit_wait(p_workspace int, p_run uuid, p_step uuid, p_rank bigint, p_gate uuid) returns void
language sql volatile as $$
  insert into durable.limit_waits (workspace_id, run_id, step_id, until, limit_id, key, since)
    select p_workspace, p_run, p_step, durable.durable_now(), g.limit_id, g.key, to_timestamp(coalesce(
      case when p_step = '00000000-0000-0000-0000-000000000000'
        then (select l.came from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run)
        else (select t.came from durable.tasks t where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step) end,
      p_rank) / 1000000.0)
    from durable.gates g where g.workspace_id = p_workspace and g.id = p_gate
    on conflict do nothing
$$;

-- Those that are over, and those that go on (`until` is null).
create function durable.limit_waits_of(p_workspace int, p_run uuid)
returns table (step_id uuid, since timestamptz, until timestamptz, limit_id uuid, key text)
language sql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  select w.step_id, w.since, w.until, w.limit_id, w.key from durable.limit_waits w
    where w.workspace_id = p_workspace and w.run_id = p_run
  union all
  select j.step_id, to_timestamp(j.came / 1000000.0), null, g.limit_id, g.key
  from (
    select '00000000-0000-0000-0000-000000000000'::uuid as step_id, l.ready_rank as rank, coalesce(l.came, l.ready_rank) as came,
        l.run_gates || l.step_gates as gates from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = p_run and l.ready_rank is not null
    union all
    select t.step_id, t.ready_rank, coalesce(t.came, t.ready_rank), t.gates from durable.tasks t
      where t.workspace_id = p_workspace and t.run_id = p_run and t.ready_rank is not null) as j
  cross join unnest(j.gates) as gate(id)
  join durable.parked k on k.workspace_id = p_workspace and k.gate_id = gate.id and k.rank = j.rank and k.run_id = p_run and k.step_id = j.step_id
  join durable.gates g on g.workspace_id = p_workspace and g.id = gate.id
$$;
