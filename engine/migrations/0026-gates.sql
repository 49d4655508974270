-- Limits that act before a job is leased: so many at a time, so many starts per period. A claim that holds a workspace's
-- row in gatekeepers is the only writer of its gates and the only one who lets jobs in. Claims commit without waiting
-- for the disk, so nobody ever waits long for that row, and with one lock per workspace gates need no lock order.

-- What functions declare, under an id that lasts from sync to sync.
create table durable.limits (
  workspace_id int not null,
  id uuid not null,
  name text not null,                        -- as people read it
  function_id text,                          -- null: shared by several
  kind text not null,                        -- concurrency | throttle | singleton
  declared int,                              -- how many; null: no longer declared, lets everything through
  period_ms float8, burst int,               -- throttle: `declared` starts in so long, so many of them at once
  set_to int,                                -- by a person: instead of what is declared
  primary key (workspace_id, id)
);

-- How many now; null: any number.
create function durable.limit_now(p_limit durable.limits) returns int
language sql immutable as $$ select case when p_limit.declared is not null then coalesce(p_limit.set_to, p_limit.declared) end $$;

create table durable.gatekeepers (
  workspace_id int primary key
);

-- One per limit and key. Updated in place under the gatekeeper; no index on anything that changes.
create table durable.gates (
  workspace_id int not null,
  id uuid not null,                          -- hash of limit, unit and key
  limit_id uuid not null,
  unit text not null,                        -- step (per lease) | run (until its end) | start (a throttle: passed, not held)
  key text,                                  -- JSON of the value; null for a limit without a key
  used int not null default 0,               -- grants that are out, and notes of freed ones that nobody has read yet
  parked int not null default 0,             -- jobs behind it, and notes of dropped ones
  opens_at timestamptz not null default '-infinity',  -- throttle: when all that started is paid for
  pace_ms float8,                            -- from one freed place to the next while jobs were parked, smoothed; null: never measured
  freed_at timestamptz,                      -- when the last place was freed; null unless jobs were parked then
  touched_on date not null default current_date,      -- the last day on which a run was born that passes it
  primary key (workspace_id, id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Who is in. step_id is all zeros for the lease of a run, ...01 for the run itself.
create table durable.grants (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  gate_id uuid not null,
  at timestamptz not null,
  primary key (workspace_id, run_id, step_id, gate_id)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);
create index grants_by_gate on durable.grants (workspace_id, gate_id, at);

-- What has happened at a gate since its row was last written, and when it must be looked at again.
create table durable.gate_notes (
  due_at timestamptz not null,
  no bigint generated always as identity,
  workspace_id int not null,
  gate_id uuid not null,
  freed int not null default 0,
  dropped int not null default 0,
  primary key (due_at, no)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- A lease, or a whole run, lets go of what it holds.
create function durable.free_grants(p_workspace int, p_run uuid, p_steps uuid[]) returns void
language sql volatile as $$
  with gone as (
    delete from durable.grants g
      where g.workspace_id = p_workspace and g.run_id = p_run and (p_steps is null or g.step_id = any (p_steps))
      returning g.gate_id
  )
  insert into durable.gate_notes (due_at, workspace_id, gate_id, freed)
    select '-infinity', p_workspace, gone.gate_id, 1 from gone join durable.gates g
      on g.workspace_id = p_workspace and g.id = gone.gate_id and g.unit <> 'start'
$$;

-- A job goes another way than into a claim. It is parked or, let through a moment ago, in ready. A claim may be moving it
-- at this moment: then the delete waits for it, finds nothing, and the next look sees where it is.
create function durable.drop_job(p_workspace int, p_run uuid, p_step uuid, p_gates uuid[], p_rank bigint) returns void
language plpgsql as $$
declare
  v_gate uuid;
begin
  loop
    delete from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = any (p_gates) and k.rank = p_rank and k.run_id = p_run and k.step_id = p_step
      returning k.gate_id into v_gate;
    if found then
      perform durable.note_limit_wait(p_workspace, p_run, p_step, p_rank, v_gate);
      insert into durable.gate_notes (due_at, workspace_id, gate_id, dropped) values ('-infinity', p_workspace, v_gate, 1);
      return;
    end if;
    delete from durable.ready r
      where r.rank = p_rank and r.workspace_id = p_workspace and r.run_id = p_run and r.step_id = p_step;
    exit when found;
    perform 1 from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = any (p_gates) and k.rank = p_rank and k.run_id = p_run and k.step_id = p_step;
    exit when not found;
  end loop;
end $$;

-- Every way out of a lease and of a queue, whoever takes it: that is why these are triggers.
create function durable.run_leaves_gates() returns trigger language plpgsql as $$
declare
  c_lease constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  -- The job first: it waits for a claim that lets it through at this moment, whose grants are seen afterwards.
  if old.ready_rank is not null then
    perform durable.drop_job(old.workspace_id, old.run_id, c_lease, old.run_gates || old.step_gates, old.ready_rank);
  end if;
  perform durable.free_grants(old.workspace_id, old.run_id, case tg_op when 'UPDATE' then array[c_lease] end);
  return null;
end $$;
create trigger run_leaves_gates after update of engine_id, ready_rank on durable.live_runs for each row
  when ((old.step_gates is not null or old.run_gates is not null) and new.engine_id is null
    and (old.engine_id is not null or old.ready_rank is not null and new.ready_rank is distinct from old.ready_rank)
    -- A claim that ranks a job moves it itself.
    and (new.came is null or new.came is not distinct from old.came))
  execute function durable.run_leaves_gates();
create trigger run_ends_at_gates after delete on durable.live_runs for each row
  when (old.step_gates is not null or old.run_gates is not null) execute function durable.run_leaves_gates();

create function durable.task_leaves_gates() returns trigger language plpgsql as $$
begin
  if old.ready_rank is not null then
    perform durable.drop_job(old.workspace_id, old.run_id, old.step_id, old.gates, old.ready_rank);
  end if;
  perform durable.free_grants(old.workspace_id, old.run_id, array[old.step_id]);
  return null;
end $$;
create trigger task_leaves_gates after update of engine_id, ready_rank on durable.tasks for each row
  when (old.gates is not null and new.engine_id is null
    and (old.engine_id is not null or old.ready_rank is not null and new.ready_rank is distinct from old.ready_rank)
    and (new.came is null or new.came is not distinct from old.came))
  execute function durable.task_leaves_gates();
create trigger task_ends_at_gates after delete on durable.tasks for each row
  when (old.gates is not null) execute function durable.task_leaves_gates();

-- What a job must pass and has not passed yet, with what its start costs.
create function durable.gates_ahead(p_live durable.live_runs, p_step uuid) returns uuid[]
language sql stable as $$
  select array(
    select gate from unnest(case when p_step = '00000000-0000-0000-0000-000000000000' then p_live.run_gates end) as r(gate)
      where not exists (select 1 from durable.grants g where g.workspace_id = p_live.workspace_id and g.run_id = p_live.run_id
        and g.step_id = '00000000-0000-0000-0000-000000000001' and g.gate_id = r.gate)
    union all
    select gate from unnest(p_live.step_gates) as s(gate)
      where not exists (select 1 from durable.grants g where g.workspace_id = p_live.workspace_id and g.run_id = p_live.run_id
        and g.step_id = p_step and g.gate_id = s.gate))
$$;

-- Jobs of one workspace at their gates, in order; the caller keeps them. q_from: where a job is parked; null: it stands
-- in ready. Each takes all its gates or none. One that does is in ready with its grants; one that does not is parked
-- under the first gate that has no room, or where somebody with an earlier rank is parked. Of all that are parked the
-- first is stopped by full gates alone, so there is always one who gets on. Answers who passed.
create function durable.pass_gates(p_workspace int, q_run uuid[], q_step uuid[], q_rank bigint[], q_from uuid[]) returns boolean[]
language plpgsql as $$
declare
  c_lease constant uuid := '00000000-0000-0000-0000-000000000000';
  c_whole constant uuid := '00000000-0000-0000-0000-000000000001';
  v_now constant timestamptz := durable.durable_now();
  g_id uuid[]; g_unit text[]; g_max int[]; g_pause float8[]; g_burst int[];
  g_used int[]; g_parked int[]; g_opens timestamptz[];
  g_head bigint[]; g_out int[]; g_in bigint[];                              -- first rank parked there, how many left it, first that came
  g_kept boolean[];                                                         -- its first one stays: so do all behind
  g_due timestamptz[];                                                      -- throttle: when the first who is stopped may go
  g_limit uuid[]; g_key text[];
  v_passed boolean[] := array_fill(false, array[cardinality(q_run)]);
  t_run uuid[] := '{}'; t_step uuid[] := '{}'; t_gate uuid[] := '{}';       -- grants
  k_no int[] := '{}'; k_gate uuid[] := '{}';                                -- parked anew
  d_no int[] := '{}';                                                       -- dropped
  w_no int[] := '{}'; w_gate int[] := '{}'; w_came bigint[] := '{}';         -- left the gate they stood at (0034)
  v_at int[];
  v_full int;
  v_from int;
  v_job record;
  v_gate int;
  v_open timestamptz;
  v_head bigint;
begin
  select array_agg(g.id), array_agg(g.unit), array_agg(durable.limit_now(l)), array_agg(l.period_ms / nullif(durable.limit_now(l), 0)),
      array_agg(l.burst), array_agg(g.used), array_agg(g.parked), array_agg(g.opens_at), array_agg(g.limit_id), array_agg(g.key)
    into g_id, g_unit, g_max, g_pause, g_burst, g_used, g_parked, g_opens, g_limit, g_key
    from (
      select unnest(q_from) as id union
      select unnest(l.run_gates || l.step_gates) from unnest(q_run) as q(run)
        cross join lateral (select l.run_gates, l.step_gates from durable.live_runs l
          where l.workspace_id = p_workspace and l.run_id = q.run limit 1) as l) as i
    cross join lateral (select n.* from durable.gates n where n.workspace_id = p_workspace and n.id = i.id limit 1) as g
    left join durable.limits l on l.workspace_id = p_workspace and l.id = g.limit_id;
  g_due := array_fill(null::timestamptz, array[coalesce(cardinality(g_id), 0)]);
  g_head := array_fill(null::bigint, array[coalesce(cardinality(g_id), 0)]);
  g_out := array_fill(0, array[coalesce(cardinality(g_id), 0)]);
  g_in := array_fill(null::bigint, array[coalesce(cardinality(g_id), 0)]);
  g_kept := array_fill(false, array[coalesce(cardinality(g_id), 0)]);

  for v_job in
    select q.no, q.run, q.step, q_rank[q.no] as rank, q.from_gate, coalesce((o.live).units, 1) as units, durable.gates_ahead(o.live, q.step) as ahead,
      case when q.step = c_lease then (o.live).came when q.from_gate is not null then (select t.came from durable.tasks t
        where t.workspace_id = p_workspace and t.run_id = q.run and t.step_id = q.step) end as came,
      case when q.step = c_lease then (o.live).status = 'queued' and (o.live).ready_rank = q_rank[q.no] else exists (
        select 1 from durable.tasks t where t.workspace_id = p_workspace and t.run_id = q.run and t.step_id = q.step
          and t.status = 'queued' and t.ready_rank = q_rank[q.no]) end as is_current
    from unnest(q_run, q_step, q_from) with ordinality as q(run, step, from_gate, no)
    left join lateral (select l as live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = q.run limit 1) as o on true
    order by q.no
  loop
    v_full := null;
    v_from := array_position(g_id, v_job.from_gate);
    if v_job.is_current is not true then
      -- Nobody's any more: what stands at the head of a gate must not stand there for ever.
      if v_from is not null then
        g_parked[v_from] := g_parked[v_from] - 1;
        g_out[v_from] := g_out[v_from] + 1;
        g_head[v_from] := null;
        d_no := d_no || v_job.no::int;
      end if;
      continue;
    end if;
    select array_agg(array_position(g_id, gate) order by no) into v_at from unnest(v_job.ahead) with ordinality as a(gate, no)
      where gate = any (g_id);
    foreach v_gate in array coalesce(v_at, '{}') loop
      continue when g_max[v_gate] is null;
      v_open := null;
      if g_unit[v_gate] = 'start' and g_max[v_gate] > 0 then
        v_open := g_opens[v_gate] - (greatest(g_burst[v_gate], v_job.units) - v_job.units) * g_pause[v_gate] * interval '1 millisecond';
      end if;
      -- Who leaves a gate in here were its first ones; a null head says that nobody has looked yet.
      if g_parked[v_gate] > 0 and v_gate is distinct from v_from and g_head[v_gate] is null then
        select k.rank into v_head from durable.parked k where k.workspace_id = p_workspace and k.gate_id = g_id[v_gate]
          order by k.rank, k.run_id, k.step_id offset g_out[v_gate] limit 1;
        g_head[v_gate] := v_head;
      end if;
      if (case when v_gate is distinct from v_from then least(g_head[v_gate], g_in[v_gate]) < v_job.rank else g_kept[v_gate] end)
          or (case when v_open is null then g_used[v_gate] >= g_max[v_gate] else v_open > v_now end) then
        v_full := v_gate;
        if v_open is not null and (g_parked[v_gate] = 0 or v_gate = v_from) then
          g_due[v_gate] := coalesce(g_due[v_gate], v_open);
        end if;
        exit;
      end if;
    end loop;
    if v_full is null then
      v_passed[v_job.no] := true;
      foreach v_gate in array coalesce(v_at, '{}') loop
        if g_unit[v_gate] = 'start' then
          g_opens[v_gate] := greatest(g_opens[v_gate], v_now) + coalesce(v_job.units * g_pause[v_gate], 0) * interval '1 millisecond';
        else
          g_used[v_gate] := g_used[v_gate] + 1;
        end if;
        t_run := t_run || v_job.run;
        t_step := t_step || case g_unit[v_gate] when 'step' then v_job.step else c_whole end;
        t_gate := t_gate || g_id[v_gate];
      end loop;
    end if;
    if v_full = v_from then
      g_kept[v_from] := true;
    end if;
    if v_from is not null and v_full is distinct from v_from then
      w_no := w_no || v_job.no::int;
      w_gate := w_gate || v_from;
      w_came := w_came || coalesce(v_job.came, v_job.rank);
      g_parked[v_from] := g_parked[v_from] - 1;
      g_out[v_from] := g_out[v_from] + 1;
      g_head[v_from] := null;
    end if;
    if v_full is not null and v_full is distinct from v_from then
      g_parked[v_full] := g_parked[v_full] + 1;
      g_in[v_full] := least(g_in[v_full], v_job.rank);
      k_no := k_no || v_job.no::int;
      k_gate := k_gate || g_id[v_full];
    end if;
  end loop;

  update durable.gates g set used = q.used, parked = q.parked, opens_at = q.opens
    from unnest(g_id, g_used, g_parked, g_opens) as q(id, used, parked, opens)
    where g.workspace_id = p_workspace and g.id = q.id
      and (g.used <> q.used or g.parked <> q.parked or g.opens_at <> q.opens);
  insert into durable.grants (workspace_id, run_id, step_id, gate_id, at)
    select p_workspace, t.run, t.step, t.gate, v_now from unnest(t_run, t_step, t_gate) as t(run, step, gate);
  -- Out of where it stood ...
  delete from durable.parked k where k.ctid = any (array(
    select c.ctid from generate_subscripts(q_run, 1) as q
    cross join lateral (select c.ctid from durable.parked c where c.workspace_id = p_workspace and c.gate_id = q_from[q]
      and c.rank = q_rank[q] and c.run_id = q_run[q] and c.step_id = q_step[q] limit 1) as c
    where v_passed[q] or q = any (k_no) or q = any (d_no)));
  if cardinality(w_no) > 0 then
    insert into durable.limit_waits (workspace_id, run_id, step_id, until, limit_id, key, since)
      select p_workspace, q_run[w_no[q]], q_step[w_no[q]], v_now, g_limit[w_gate[q]], g_key[w_gate[q]], to_timestamp(w_came[q] / 1000000.0)
      from generate_subscripts(w_no, 1) as q
      on conflict do nothing;
  end if;
  delete from durable.ready r where r.ctid = any (array(
    select c.ctid from unnest(k_no) as q
    cross join lateral (select c.ctid from durable.ready c where c.rank = q_rank[q] and c.workspace_id = p_workspace
      and c.run_id = q_run[q] and c.step_id = q_step[q] limit 1) as c
    where q_from[q] is null));
  -- ... and into where it stands now.
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, k.gate, q_rank[k.no], q_run[k.no], q_step[k.no] from unnest(k_no, k_gate) as k(no, gate);
  insert into durable.ready (rank, workspace_id, run_id, step_id)
    select q_rank[q], p_workspace, q_run[q], q_step[q] from generate_subscripts(q_run, 1) as q
    where q_from[q] is not null and v_passed[q];
  -- A throttle opens by itself, and a gate with room for more of those behind it is looked at again.
  insert into durable.gate_notes (due_at, workspace_id, gate_id)
    select coalesce(g.due, '-infinity'), p_workspace, g.id
    from unnest(g_id, g_unit, g_max, g_used, g_parked, g_due) as g(id, unit, max, used, parked, due)
    where g.parked > 0 and case when g.unit <> 'start' or g.max is null then g.max is null or g.used < g.max
        else g.due is not null or g.max > 0 and g.id = any (q_from) end;
  return v_passed;
end $$;

-- How long it takes from one freed place to the next, now that p_count more are free: each has a fifth of the say.
create function durable.pace_after(p_pace_ms float8, p_freed_at timestamptz, p_count int) returns float8
language sql stable as $$
  select coalesce(p_pace_ms + (s.ms - p_pace_ms) * (1 - 0.8 ^ p_count), s.ms, p_pace_ms)
  from (select extract(epoch from durable.durable_now() - p_freed_at)::float8 * 1000 / p_count as ms) as s
$$;

-- Reads the notes that are due at the gates of one workspace, and lets in who has room now: p_limit at most, for the caller
-- keeps the gates, and everybody else waits for them. The gate whose note is oldest goes first; notes of those that p_limit
-- does not reach stay for the next claim, and are older then than that of one which had its turn.
create function durable.read_notes(p_workspace int, p_limit int) returns void
language plpgsql as $$
declare
  n_gate uuid[]; n_count int[];
  q_run uuid[]; q_step uuid[]; q_rank bigint[]; q_from uuid[];
begin
  with note as materialized (
    select d.*, min(d.no) over (partition by d.gate_id) as first_no from (
      select due_at, no, gate_id, freed, dropped from durable.gate_notes
      where due_at <= durable.durable_now() and workspace_id = p_workspace order by due_at, no limit 1000) as d
  ), read as (
    select n.gate_id, min(n.no) as no, sum(n.freed)::int as freed, sum(n.dropped)::int as dropped from note n group by n.gate_id
  ), room as (
    select r.*, greatest(least(g.parked - r.dropped, p_limit,
        case when g.unit <> 'start' and durable.limit_now(l) is not null then durable.limit_now(l) - g.used + r.freed end), 0) as count
    from read r left join durable.gates g on g.workspace_id = p_workspace and g.id = r.gate_id
    left join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
  ), turn as materialized (
    select * from (select *, coalesce(sum(count) over (order by no rows between unbounded preceding and 1 preceding), 0)::int as before
      from room) as r where r.before < p_limit
  ), gone as (
    delete from durable.gate_notes d using note n
      where n.first_no <= (select max(no) from turn) and d.due_at = n.due_at and d.no = n.no
  ), changed as (
    update durable.gates g set used = g.used - t.freed, parked = g.parked - t.dropped,
        pace_ms = case when t.freed > 0 and g.parked > t.dropped then durable.pace_after(g.pace_ms, g.freed_at, t.freed) else g.pace_ms end,
        freed_at = case when t.freed = 0 then g.freed_at when g.parked > t.dropped then durable.durable_now() end
      from turn t where g.workspace_id = p_workspace and g.id = t.gate_id
  )
  select array_agg(t.gate_id order by t.no), array_agg(least(t.count, p_limit - t.before) order by t.no)
    into n_gate, n_count from turn t where t.count > 0;
  if n_gate is null then
    return;
  end if;
  with job as materialized (
    select p.*, row_number() over (order by p.rank, p.run_id, p.step_id) as no
    from unnest(n_gate, n_count) as n(gate, count)
    cross join lateral (
      select k.gate_id, k.rank, k.run_id, k.step_id from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = n.gate
      order by k.rank, k.run_id, k.step_id limit n.count for update skip locked) as p
  )
  select array_agg(j.run_id order by j.no), array_agg(j.step_id order by j.no), array_agg(j.rank order by j.no), array_agg(j.gate_id order by j.no)
    into q_run, q_step, q_rank, q_from from job j;
  if q_run is not null and exists (select 1 from durable.pauses k where k.workspace_id = p_workspace)
      and durable.hold_parked(p_workspace, q_run, q_from) then
    insert into durable.gate_notes (due_at, workspace_id, gate_id)
      select '-infinity', p_workspace, g.id from durable.gates g where g.workspace_id = p_workspace and g.id = any (n_gate) and g.parked > 0;
    perform durable.read_notes(p_workspace, p_limit);
    return;
  end if;
  if q_run is not null then
    perform durable.pass_gates(p_workspace, q_run, q_step, q_rank, q_from);
  end if;
  -- Those behind it are in somebody else's hands at this moment.
  insert into durable.gate_notes (due_at, workspace_id, gate_id)
    select durable.durable_now() + interval '20 milliseconds', p_workspace, n.gate
    from unnest(n_gate) as n(gate) where n.gate <> all (coalesce(q_from, '{}'));
end $$;

-- Part of the claim: takes the workspaces whose gates it will open, reads their notes. Answers which those are.
create function durable.keep_gates(p_limit int) returns int[]
language plpgsql as $$
declare
  v_workspace int[];
begin
  select array_agg(k.workspace_id) into v_workspace from (
    select g.workspace_id from durable.gatekeepers g
    where g.workspace_id in (
      select r.workspace_id from (
        select workspace_id from durable.ready order by rank, workspace_id, run_id, step_id limit p_limit) as r
      union all
      select n.workspace_id from (
        select workspace_id from durable.gate_notes where due_at <= durable.durable_now() order by due_at, no limit 1000) as n
      union all
      select a.workspace_id from (select workspace_id from durable.arrivals order by rank limit 1000) as a
      union all
      select t.workspace_id from (
        select workspace_id from durable.turns order by rank, workspace_id, queue_id, no limit p_limit) as t)
    order by g.workspace_id for update) as k;
  for i in 1 .. coalesce(cardinality(v_workspace), 0) loop
    perform durable.read_notes(v_workspace[i], p_limit), durable.take_in(v_workspace[i]);
  end loop;
  perform durable.give_turns(v_workspace, p_limit);
  return v_workspace;
end $$;

-- What the functions of a sync declare; what none declares any more lets everything through. No claim lets anybody in
-- between the old number and the new one.
create function durable.declare_limits(p_workspace int, l_id uuid[], l_name text[], l_function text[], l_kind text[],
  l_count int[], l_period_ms float8[], l_burst int[]) returns void
language plpgsql as $$
declare
  v_changed uuid[];
begin
  perform 1 from durable.gatekeepers where workspace_id = p_workspace for update;
  with gone as (
    update durable.limits l set declared = null, set_to = null
      where l.workspace_id = p_workspace and l.declared is not null and l.id <> all (l_id)
        and l.id <> durable.overlap_limit() returning l.id
  ), kept as (
    insert into durable.limits as l (workspace_id, id, name, function_id, kind, declared, period_ms, burst)
      select p_workspace, d.* from unnest(l_id, l_name, l_function, l_kind, l_count, l_period_ms, l_burst)
        as d(id, name, function_id, kind, declared, period_ms, burst) order by d.id
      on conflict (workspace_id, id) do update
        set name = excluded.name, function_id = excluded.function_id, declared = excluded.declared,
            period_ms = excluded.period_ms, burst = excluded.burst
        where (l.name, l.function_id, l.declared, l.period_ms, l.burst)
          is distinct from (excluded.name, excluded.function_id, excluded.declared, excluded.period_ms, excluded.burst)
      returning l.id
  )
  select array_agg(id) into v_changed from (select id from gone union all select id from kept) as c;
  perform durable.reconsider_gates(p_workspace, v_changed);
end $$;

-- These limits are others now: whoever waits at one of their gates is looked at again.
create function durable.reconsider_gates(p_workspace int, p_limits uuid[]) returns void
language sql volatile as $$
  insert into durable.gate_notes (due_at, workspace_id, gate_id)
    select '-infinity', g.workspace_id, g.id from durable.gates g
    where g.workspace_id = p_workspace and g.limit_id = any (p_limits) and g.parked > 0
$$;

-- A person sets a limit to another number than its function declares, or back (null). Answers whether there is such a limit.
create function durable.set_limit(p_workspace int, p_actor text, p_limit uuid, p_count int, p_reason text) returns boolean
language plpgsql as $$
declare
  v_name text;
begin
  perform 1 from durable.gatekeepers where workspace_id = p_workspace for update;
  update durable.limits l set set_to = p_count
    where l.workspace_id = p_workspace and l.id = p_limit and l.declared is not null and l.kind <> 'singleton' returning l.name into v_name;
  if not found then
    return false;
  end if;
  perform durable.reconsider_gates(p_workspace, array[p_limit]);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'limit.set', v_name, json_build_object('to', p_count, 'reason', p_reason)::text);
  return true;
end $$;

-- Keys come and go: a gate that nobody passes any more goes after some days. A run can sleep for a year and then come to
-- its gates, so those of live runs stay; a birth meanwhile has touched its gate, and the delete sees that.
create function durable.sweep_gates(p_days int) returns int
language plpgsql as $$
declare
  v_workspace int;
  v_count int := 0;
  v_swept int;
begin
  if not pg_try_advisory_xact_lock(7303, 1) then
    return 0;
  end if;
  perform set_config('enable_hashjoin', 'on', true), set_config('enable_seqscan', 'on', true);
  for v_workspace in select k.workspace_id from durable.gatekeepers k order by 1 loop
    with idle as materialized (
      select g.id from durable.gates g
      where g.workspace_id = v_workspace and g.touched_on < current_date - p_days and g.used = 0 and g.parked = 0
        and g.opens_at < durable.durable_now()
    ), needed as materialized (
      select distinct unnest(l.run_gates || l.step_gates) as id from durable.live_runs l
      where l.workspace_id = v_workspace and (l.run_gates is not null or l.step_gates is not null)
        and exists (select 1 from idle)
    )
    delete from durable.gates g using idle i
      where g.workspace_id = v_workspace and g.id = i.id and g.touched_on < current_date - p_days and g.used = 0 and g.parked = 0
        and not exists (select 1 from needed n where n.id = g.id)
        and not exists (select 1 from durable.gate_notes n where n.workspace_id = v_workspace and n.gate_id = g.id);
    get diagnostics v_swept = row_count;
    v_count := v_count + v_swept;
  end loop;
  return v_count;
end $$;
