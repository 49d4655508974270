-- What brings a run back: timers, events, a rescuer, a person. Each locks live_runs first, in key order or
-- with SKIP LOCKED, then reads again, then writes.

-- An event as user code sees it.
create function durable.event_json(p_event durable.events) returns text
language sql stable as $$
  select '{"id":' || to_json(coalesce(p_event.client_id, p_event.id::text))::text
    || ',"name":' || to_json(p_event.name)::text
    || ',"data":' || p_event.data
    || ',"time":"' || to_char(p_event.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"}'
$$;

-- Settle pending entries: each gets the next number of its run's journal, exactly once: `err` where a failure is
-- given, else `ok`. A waiting run becomes ready; a running one is only bumped, and its holder notices at its next
-- commit. The caller holds the live_runs rows. Returns how many were settled.
create function durable.settle_entries(
  s_workspace int[], s_run uuid[], s_step uuid[], s_value text[], s_event uuid[], s_failure text[] = '{}'
) returns int
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_count int;
begin
  with entry as materialized (
    select e.*, row_number() over (partition by e.workspace, e.run order by e.no)::int as ordinal
    from unnest(s_workspace, s_run, s_step, s_value, s_event, s_failure) with ordinality
      as e(workspace, run, step, value, event, failure, no)
    where exists (select 1 from durable.steps t where t.workspace_id = e.workspace and t.run_id = e.run
                  and t.step_id = e.step and t.seq is null and t.status <> 'cancelled')
      and exists (select 1 from durable.live_runs l where l.workspace_id = e.workspace and l.run_id = e.run)
  ), per_run as (
    select workspace, run, count(*)::int as settled from entry group by 1, 2
  ), head as (
    update durable.live_runs l
      set journal_seq = l.journal_seq + p.settled,
          status = case when l.status = 'waiting' then 'queued' else l.status end,
          ready_rank = case when l.status = 'waiting' then v_rank else l.ready_rank end
      from per_run p where l.workspace_id = p.workspace and l.run_id = p.run
      returning l.workspace_id, l.run_id, l.journal_seq - p.settled as base, l.journal_seq, l.status, l.ready_rank
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id)
      select h.ready_rank, h.workspace_id, h.run_id from head h where h.status = 'queued' and h.ready_rank = v_rank
      on conflict do nothing
  ), done as (
    update durable.steps t
      set seq = h.base + e.ordinal, status = case when e.failure is null then 'ok' else 'err' end,
          value = e.value, failure = e.failure, event_id = e.event,
          settled_at = v_now
      from entry e join head h on h.workspace_id = e.workspace and h.run_id = e.run
      where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
  ), no_timer as (
    delete from durable.timers t using entry e where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
  ), no_wait as (
    delete from durable.waits w using entry e where w.workspace_id = e.workspace and w.run_id = e.run and w.step_id = e.step
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select h.workspace_id, h.run_id, 'run.resolved', h.journal_seq from head h
  )
  select count(*) into v_count from entry;
  return v_count;
end $$;

-- Fire what is due. One engine at a time does it (two would be harmless). Answers how many timers it took and
-- in how many milliseconds the next one is due, or the next tick of a schedule (0028); is_tick: one is due now.
create function durable.fire_timers(p_limit int) returns table (fired int, next_due_ms float8, is_tick boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  d_workspace int[]; d_run uuid[]; d_step uuid[];
  l_workspace int[]; l_run uuid[];
  f_workspace int[]; f_run uuid[]; f_step uuid[]; f_kind text[];
begin
  if not pg_try_advisory_xact_lock(7302, 1) then
    return query select 0, null::float8, false;
    return;
  end if;
  select array_agg(t.workspace_id), array_agg(t.run_id), array_agg(t.step_id) into d_workspace, d_run, d_step
    from (select workspace_id, run_id, step_id from durable.timers where due_at <= v_now order by due_at limit p_limit) as t;
  if d_run is not null then
    -- A run in the middle of a commit is skipped: its timer is still due at the next round. A retry waits
    -- until its run has let go, or the dispatch that follows would not know of it.
    select array_agg(q.workspace_id), array_agg(q.run_id) into l_workspace, l_run from (
      select l.workspace_id, l.run_id from durable.live_runs l
      where (l.workspace_id, l.run_id) in (select * from unnest(d_workspace, d_run))
      order by 1, 2 for update skip locked) as q;
    with gone as (
      delete from durable.timers t
        using unnest(d_workspace, d_run, d_step) as d(workspace, run, step)
        where t.workspace_id = d.workspace and t.run_id = d.run and t.step_id = d.step and t.due_at <= v_now
          and (not exists (select 1 from durable.live_runs l where l.workspace_id = d.workspace and l.run_id = d.run)
            or exists (select 1 from unnest(l_workspace, l_run) as k(workspace, run)
                       join durable.live_runs l on l.workspace_id = k.workspace and l.run_id = k.run
                       where k.workspace = d.workspace and k.run = d.run and (t.kind <> 'retry' or l.status <> 'running')))
          -- A wait whose event came in time must not time out because nobody has held the two together yet.
          and (t.kind <> 'timeout' or not exists (
            select 1 from durable.waits w
            where w.workspace_id = t.workspace_id and w.run_id = t.run_id and w.step_id = t.step_id and w.event_id is null
              and (not w.looked_back or exists (
                select 1 from durable.event_obligations o
                join durable.events e on e.workspace_id = o.workspace_id and e.id = o.event_id
                where o.workspace_id = w.workspace_id and e.name = w.event_name and e.received_at <= t.due_at))))
          -- Nor a child that ended in time because its parent has not been told yet.
          and (t.kind <> 'invoke' or not exists (
            select 1 from durable.children c
            join durable.child_ends o on o.workspace_id = c.workspace_id and o.run_id = c.run_id
            where c.parent_workspace_id = t.workspace_id and c.parent_run_id = t.run_id and c.parent_step_id = t.step_id))
        returning t.workspace_id, t.run_id, t.step_id, t.kind, t.due_at)
    select array_agg(workspace_id), array_agg(run_id), array_agg(step_id), array_agg(kind)
      into f_workspace, f_run, f_step, f_kind from (select * from gone order by workspace_id, run_id, due_at, step_id) as g;
    if f_run is not null then
      with woken as (
        update durable.live_runs l set status = 'queued', ready_rank = v_rank
          where l.status = 'waiting' and (l.workspace_id, l.run_id) in (
            select f.workspace, f.run from unnest(f_workspace, f_run, f_kind) as f(workspace, run, kind) where f.kind in ('retry', 'begin'))
          returning l.workspace_id, l.run_id, l.journal_seq
      ), job as (
        insert into durable.ready (rank, workspace_id, run_id) select v_rank, workspace_id, run_id from woken
      )
      insert into durable.changes (workspace_id, run_id, kind, journal_seq)
        select workspace_id, run_id, 'run.woken', journal_seq from woken;
      with woken as (
        update durable.tasks t set status = 'queued', ready_rank = v_rank
          from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
          where f.kind = 'task' and t.workspace_id = f.workspace and t.run_id = f.run and t.step_id = f.step
            and t.status = 'waiting'
          returning t.workspace_id, t.run_id, t.step_id)
      insert into durable.ready (rank, workspace_id, run_id, step_id) select v_rank, workspace_id, run_id, step_id from woken;
      perform durable.drop_children(array_agg(f.workspace), array_agg(f.run), array_agg(f.step))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind = 'invoke' having count(*) > 0;
      perform durable.fire_inputs(array_agg(f.workspace), array_agg(f.run), array_agg(f.step))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind = 'input' having count(*) > 0;
      -- Of a wait for all of several that is over, nobody is given those that came.
      perform durable.give_back(array_agg(f.workspace), array_agg(f.run), array_agg(f.step))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind = 'timeout' having count(*) > 0;
      perform durable.settle_entries(array_agg(f.workspace), array_agg(f.run), array_agg(f.step),
          array_agg(case when f.kind in ('timeout', 'input') then 'null' end), array_agg(null::uuid),
          array_agg(case when f.kind = 'invoke' then durable.child_failure('InvokeTimeoutError',
            'The invoked function did not end within the step''s timeout.') end))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind not in ('retry', 'begin', 'task', 'start', 'finish')
          -- Its reminder or its escalation may have been what was due.
          and (f.kind <> 'input' or exists (select 1 from durable.inputs i where i.workspace_id = f.workspace
            and i.run_id = f.run and i.step_id = f.step and i.status = 'expired')) having count(*) > 0;
      perform durable.run_out(f.workspace, f.run, f.kind)
        from unnest(f_workspace, f_run, f_kind) as f(workspace, run, kind) where f.kind in ('start', 'finish');
    end if;
  end if;
  -- A gate that opens now is a reason to claim as well.
  return query select coalesce(cardinality(f_run), 0)
      + (select count(*)::int from (select 1 from durable.gate_notes n where n.due_at <= v_now limit 1) as n),
    (select extract(epoch from least((select min(t.due_at) from durable.timers t),
       (select min(n.due_at) from durable.gate_notes n where n.due_at > v_now),
       (select min(s.next_at) from durable.schedules s where s.next_at > v_now)) - v_now)::float8 * 1000),
    exists (select 1 from durable.schedules s where s.next_at <= v_now);
end $$;

-- Lease a batch, in the order of ready's key: runs to continue (step_id all zeros) and tasks to run. Never waits for a
-- lock that is held while a disk is waited for. Committed asynchronously: a claim lost in a crash of the database leaves the job in ready and its fence
-- unknown, which is what fences are for. Jobs of workspaces whose circuit is open or limited are parked (0015) instead, and those whose gates are full (0026) or that are paused (0032);
-- a row without a run says that some were, and that it is worth asking again; with the workspace -1, that some were left in
-- ready because somebody else had their row. `gates`: null for none, run (held until its end),
-- step (left with the lease), contended (others wait for them).
create function durable.claim(p_engine int, p_limit int)
returns table (workspace_id int, run_id uuid, step_id uuid, fence uuid, journal_seq int, run_attempt int, transport_attempt int,
  ready_rank bigint, gates text)
language plpgsql as $$
#variable_conflict use_column
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  v_blocked int[];
  v_kept int[];       -- workspaces whose gates this claim opens
  p_workspace int[]; p_run uuid[]; p_step uuid[]; p_rank bigint[];
  p_came bigint[];    -- when it became ready
  p_taken boolean[];  -- null: nobody's any more
  p_gated boolean[];
  v_passed boolean[];
  v_index int[];
  v_held int;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform 1 from durable.engines where id = p_engine and state = 'live' for key share;
  if not found then
    return;
  end if;
  select array_agg(c.workspace_id) into v_blocked from durable.circuits c where c.state <> 'closing';
  if v_blocked is not null and durable.park_jobs(v_blocked) > 0 then
    workspace_id := 0;
    return next;
  end if;
  if exists (select 1 from durable.pauses) then
    perform durable.release_held(1000);
  end if;
  if exists (select 1 from durable.gatekeepers) then
    v_kept := durable.keep_gates(p_limit);
    -- More have room than this claim may let in.
    if exists (select 1 from durable.gate_notes n where n.due_at = '-infinity') then
      workspace_id := 0;
      return next;
    end if;
  end if;

  with picked as materialized (
    select r.rank, r.workspace_id, r.run_id, r.step_id from durable.ready r
    order by r.rank, r.workspace_id, r.run_id, r.step_id limit p_limit for update skip locked
  ), allowed as (
    select * from picked p where v_blocked is null or p.rank < 0 or p.workspace_id <> all (v_blocked)
  ), held as materialized (
    select l.workspace_id, l.run_id, l.run_gates is not null or l.step_gates is not null as gated, l.came from durable.live_runs l
    join allowed p on p.workspace_id = l.workspace_id and p.run_id = l.run_id
    where p.step_id = c_run and l.status = 'queued' and l.ready_rank = p.rank
    order by 1, 2 for update of l skip locked
  ), held_task as materialized (
    select t.workspace_id, t.run_id, t.step_id, t.gates is not null as gated, t.came from durable.tasks t
    join allowed p on p.workspace_id = t.workspace_id and p.run_id = t.run_id and p.step_id = t.step_id
    where p.step_id <> c_run and t.status = 'queued' and t.ready_rank = p.rank
    order by 1, 2, 3 for update of t skip locked
  ), job as (
    select p.*, coalesce(h.gated, k.gated, false) as gated, coalesce(h.came, k.came, p.rank) as came,
      case when h.run_id is not null or k.run_id is not null then true
           when p.step_id = c_run then case when exists (
             select 1 from durable.live_runs l where l.workspace_id = p.workspace_id and l.run_id = p.run_id) then false end
           when exists (select 1 from durable.tasks t
             where t.workspace_id = p.workspace_id and t.run_id = p.run_id and t.step_id = p.step_id) then false end as taken
    from picked p
    left join held h on p.step_id = c_run and h.workspace_id = p.workspace_id and h.run_id = p.run_id
    left join held_task k on k.workspace_id = p.workspace_id and k.run_id = p.run_id and k.step_id = p.step_id
    order by p.rank, p.workspace_id, p.run_id, p.step_id
  )
  select array_agg(j.workspace_id), array_agg(j.run_id), array_agg(j.step_id), array_agg(j.rank), array_agg(j.taken), array_agg(j.gated), array_agg(j.came)
    into p_workspace, p_run, p_step, p_rank, p_taken, p_gated, p_came from job j;
  if p_run is null then
    return;
  end if;
  -- Somebody has its row at this moment, who settles something of it or looks at it: he does not know that we were here.
  if false = any (p_taken) then
    workspace_id := -1;
    return next;
  end if;

  if exists (select 1 from durable.pauses) then
    v_index := durable.hold_jobs(p_workspace, p_run, p_step, p_rank, p_taken);
    foreach v_held in array coalesce(v_index, '{}') loop
      p_taken[v_held] := false;
    end loop;
    if v_index is not null then
      workspace_id := 0;
      return next;
    end if;
  end if;

  if true = any (p_gated) then
    -- One that has not been ranked yet (0031) would go before its turn.
    if exists (select 1 from durable.arrivals) then
      for i in 1 .. cardinality(p_run) loop
        if p_gated[i] and exists (select 1 from durable.arrivals a where a.workspace_id = p_workspace[i] and a.rank = p_rank[i]
            and a.run_id = p_run[i] and a.step_id = p_step[i]) then
          p_taken[i] := false;
        end if;
      end loop;
    end if;
    for i in 1 .. coalesce(cardinality(v_kept), 0) loop
      select array_agg(q order by q) into v_index from generate_subscripts(p_run, 1) as q
        where p_gated[q] and p_taken[q] and p_workspace[q] = v_kept[i];
      continue when v_index is null;
      select durable.pass_gates(v_kept[i], array_agg(p_run[q] order by no), array_agg(p_step[q] order by no), array_agg(p_rank[q] order by no),
          array_fill(null::uuid, array[cardinality(v_index)]))
        into v_passed from unnest(v_index) with ordinality as v(q, no);
      for k in 1 .. cardinality(v_index) loop
        p_taken[v_index[k]] := v_passed[k];
        p_gated[v_index[k]] := false;
      end loop;
    end loop;
    -- Those of workspaces that came into ready since we looked stay there: another claim will have taken their gates.
    for i in 1 .. cardinality(p_run) loop
      if p_gated[i] then
        p_taken[i] := false;
      end if;
    end loop;
    if exists (select 1 from durable.tenants) then
      perform durable.note_starts(p_workspace, p_run, p_rank, p_taken);
    end if;
    if false = any (p_taken) then
      workspace_id := 0;
      return next;
    end if;
  end if;

  return query
  with job as materialized (
    select j.* from unnest(p_workspace, p_run, p_step, p_rank, p_came, p_taken) as j(workspace, run, step, rank, came, taken)
    where j.taken is distinct from false
  ), gone as (
    delete from durable.ready r using job j
    where r.rank = j.rank and r.workspace_id = j.workspace and r.run_id = j.run and r.step_id = j.step
  ), run as (
    update durable.live_runs l
      set status = 'running', engine_id = p_engine, fence = gen_random_uuid(), ready_rank = null, came = null
      from job j
      where j.taken and j.step = c_run and l.workspace_id = j.workspace and l.run_id = j.run and l.status = 'queued'
      returning l.workspace_id, l.run_id, c_run as step_id, l.fence, l.journal_seq, l.run_attempt, l.transport_attempt, j.rank, j.came, l.run_gates, l.step_gates
  ), task as (
    update durable.tasks t
      set status = 'running', engine_id = p_engine, fence = gen_random_uuid(), ready_rank = null, came = null
      from job j
      where j.taken and j.step <> c_run and t.workspace_id = j.workspace and t.run_id = j.run and t.step_id = j.step and t.status = 'queued'
      returning t.workspace_id, t.run_id, t.step_id, t.fence, 0, 0, t.transport_attempt, j.rank, j.came, null::uuid[], t.gates
  )
  select q.workspace_id, q.run_id, q.step_id, q.fence, q.journal_seq, q.run_attempt, q.transport_attempt, q.came,
    case when q.step_gates is null then case when q.run_gates is not null then 'run' end
         when exists (select 1 from durable.gates g where g.workspace_id = q.workspace_id and g.id = any (q.step_gates) and g.parked > 0)
             or exists (select 1 from durable.parked k where k.workspace_id = q.workspace_id and k.gate_id = q.step_gates[cardinality(q.step_gates)])
           then 'contended' else 'step' end
  from (select * from run union all select * from task) as q order by q.rank, q.workspace_id, q.run_id, q.step_id;
end $$;

-- Engines whose heartbeat is over: mark them dead, queue what they held under new fences: runs and tasks. A run that
-- loses its lease, or one of its tasks', this way ten times pauses: something about it kills engines. Nobody is rescued within one lease of a
-- start of the database, for nobody could send a heartbeat before.
create function durable.rescue_leases(p_lost_max int) returns table (engine_id int, run_count int)
language plpgsql as $$
#variable_conflict use_column
declare
  v_engine int;
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_count int;
begin
  for v_engine in
    select e.id from durable.engines e
    where e.state in ('live', 'draining')
      and e.seen_at < clock_timestamp() - e.lease_ms * interval '1 millisecond'
      and pg_postmaster_start_time() < clock_timestamp() - e.lease_ms * interval '1 millisecond'
    order by e.id for update skip locked
  loop
    update durable.engines set state = 'dead' where id = v_engine;
    perform 1 from durable.live_runs l
      where l.engine_id = v_engine or (l.workspace_id, l.run_id) in (
        select t.workspace_id, t.run_id from durable.tasks t where t.engine_id = v_engine)
      order by l.workspace_id, l.run_id for update;
    with freed as (
      update durable.live_runs l
        set status = case when l.pausing or l.lost + 1 >= p_lost_max then 'paused' else 'queued' end,
            ready_rank = case when l.pausing or l.lost + 1 >= p_lost_max then null else v_rank end, pausing = false, moving = false,
            engine_id = null, fence = gen_random_uuid(), lost = l.lost + 1
        where l.engine_id = v_engine
        returning l.workspace_id, l.run_id, l.status, l.lost, l.journal_seq, l.fence
    ), job as (
      insert into durable.ready (rank, workspace_id, run_id)
        select v_rank, workspace_id, run_id from freed where status = 'queued'
    ), attempt as (
      insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure)
        select workspace_id, run_id, fence, '00000000-0000-0000-0000-000000000000', lost, 'lost',
          '{"name":"EngineLost","message":"the engine that held the lease stopped sending heartbeats"}' from freed
    ), reason as (
      update durable.runs r set pause_reason =
          '{"name":"EngineLost","message":"paused: its lease was lost with a dead engine ' || f.lost || ' times"}'
        from freed f where f.lost >= p_lost_max and r.workspace_id = f.workspace_id and r.id = f.run_id
        returning r.workspace_id, r.id
    ), owed as (
      insert into durable.ungrouped (workspace_id, run_id) select workspace_id, id from reason order by 1, 2
        on conflict (workspace_id, run_id) do update set at = excluded.at
    ), log as (
      insert into durable.changes (workspace_id, run_id, kind, journal_seq)
        select workspace_id, run_id, 'run.rescued', journal_seq from freed
    )
    select count(*) into v_count from freed;
    engine_id := v_engine;
    run_count := v_count + durable.free_tasks(v_engine, p_lost_max);
    return next;
  end loop;
end $$;

-- An engine leaves. It has let go of every run and task it knew of; what it still holds are leases whose claim or birth
-- committed and whose answer it never got. Nobody rescues from an engine that has left, so they are queued here,
-- in the same commit. Answers how many there were.
create function durable.leave_engine(p_engine int) returns int
language plpgsql as $$
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_count int;
begin
  -- For update, as the rescuer takes it: a claim or a birth that is still under way holds the row for key share,
  -- and an update of the state alone would not wait for it.
  perform 1 from durable.engines where id = p_engine and state in ('live', 'draining') for update;
  if not found then
    return 0;
  end if;
  update durable.engines set state = 'stopped' where id = p_engine;
  perform 1 from durable.live_runs l
    where l.engine_id = p_engine or (l.workspace_id, l.run_id) in (
      select t.workspace_id, t.run_id from durable.tasks t where t.engine_id = p_engine)
    order by l.workspace_id, l.run_id for update;
  with freed as (
    update durable.live_runs l
      set status = case when l.pausing then 'paused' else 'queued' end, ready_rank = case when not l.pausing then v_rank end,
          pausing = false, moving = false, engine_id = null, fence = gen_random_uuid()
      where l.engine_id = p_engine
      returning l.workspace_id, l.run_id, l.journal_seq, l.status
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id)
      select v_rank, workspace_id, run_id from freed where status = 'queued'
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select workspace_id, run_id, 'run.requeue', journal_seq from freed
  )
  select count(*) into v_count from freed;
  return v_count + durable.free_tasks(p_engine, null);
end $$;

-- A heartbeat, committed asynchronously. Answers the database's real time, or null when this engine was
-- declared dead: it must then drop everything it holds and register anew.
create function durable.heartbeat(p_engine int) returns float8
language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  update durable.engines set seen_at = clock_timestamp() where id = p_engine and state in ('live', 'draining');
  return case when found then extract(epoch from clock_timestamp())::float8 * 1000 end;
end $$;
