-- Why a run does not go on at this moment, for people who look at one run or at a page of them. Keys are probed, and no
-- queue is walked beyond its bound, so it costs the same behind a million jobs (decision 0037).

-- Whether its parent still waits for the end of this child.
create function durable.awaits_child(p_child durable.children) returns boolean
language sql stable as $$
  select p_child.kind = 'invoke' and exists (select 1 from durable.steps s
    where s.workspace_id = p_child.parent_workspace_id and s.run_id = p_child.parent_run_id and s.step_id = p_child.parent_step_id
      and s.seq is null)
$$;

-- What a job that is parked at a gate finds there, and when it gets in. A time that cannot be told is null and has a
-- reason: closed (the limit is 0), never (all places are held by runs that wait for this one), far (too many are before
-- it), unmeasured (no two places were freed while jobs waited), stalled (none was freed for ten times as long as usual).
create function durable.gate_wait(p_workspace int, p_gate uuid, p_rank bigint, p_run uuid, p_step uuid, p_units int, p_position_max int)
returns table (kind text, gate json, starts_at timestamptz, starts_unknown text)
language sql stable as $$
  with recursive parent as (
    -- Those that can only go on after this run, as long as they wait for it: a circle may lead through other apps.
    select c.parent_workspace_id as workspace, c.parent_run_id as id from durable.children c
      where c.workspace_id = p_workspace and c.run_id = p_run and durable.awaits_child(c)
    union all
    select c.parent_workspace_id, c.parent_run_id from parent p
      join durable.children c on c.workspace_id = p.workspace and c.run_id = p.id
      where durable.awaits_child(c)
  ), circle as materialized (
    select coalesce(array_agg(p.id), '{}') as runs from parent p
      where p.workspace = p_workspace
        and exists (select 1 from durable.grants t where t.workspace_id = p_workspace and t.run_id = p.id and t.gate_id = p_gate)
  ), before as materialized (
    select count(*)::int as jobs from (
      select 1 from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = p_gate and (k.rank, k.run_id, k.step_id) < (p_rank, p_run, p_step)
      order by k.rank, k.run_id, k.step_id limit p_position_max) as b
  )
  select l.kind, json_build_object(
      'limit', json_build_object('id', l.id, 'name', l.name, 'kind', l.kind, 'count', n.count),
      'key', g.key, 'used', g.used, 'position', b.jobs + 1, 'capped', b.jobs = p_position_max,
      'pace_ms', coalesce(pace.unit_ms, g.pace_ms),
      'opens_at', durable.rfc3339(greatest(g.opens_at - (l.burst - 1) * pace.unit_ms * interval '1 millisecond', pace.now)),
      'holders', (select coalesce(json_agg(json_build_object('run', h.run_id, 'since', durable.rfc3339(h.at), 'unit', g.unit,
          'status', durable.shown_status(o)) order by h.at, h.run_id), '[]')
        from (select t.run_id, t.at from durable.grants t
          where g.unit <> 'start' and t.workspace_id = p_workspace and t.gate_id = g.id order by t.at limit 10) as h
        join durable.live_runs o on o.workspace_id = p_workspace and o.run_id = h.run_id),
      'waiting_for_it', to_json(case when g.unit <> 'start' then c.runs else '{}' end)),
    case when unknown.why is not null then null
         when n.count is null then n.now
         when g.unit <> 'start' then greatest(g.freed_at + (b.jobs + 1) * g.pace_ms * interval '1 millisecond', n.now)
         else greatest(greatest(g.opens_at, n.now)
           + (ahead.units + p_units - greatest(l.burst, p_units)) * pace.unit_ms * interval '1 millisecond', n.now) end,
    unknown.why
  from durable.gates g
  join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
  cross join circle c cross join before b
  cross join lateral (select durable.limit_now(l) as count, durable.durable_now() as now) as n
  -- Null where nothing opens by itself.
  left join lateral (select l.period_ms / n.count as unit_ms, n.now where g.unit = 'start' and n.count > 0) as pace on true
  cross join lateral (
    select case when n.count is null then null
                when n.count = 0 then 'closed'
                when b.jobs = p_position_max then 'far'
                when g.unit = 'start' then null
                when cardinality(c.runs) >= n.count then 'never'
                when g.pace_ms is null or g.freed_at is null then 'unmeasured'
                when n.now - g.freed_at > greatest(10 * g.pace_ms, 5000) * interval '1 millisecond' then 'stalled' end as why) as unknown
  -- Only a throttle asks what those before it cost.
  left join lateral (
    select coalesce(sum(coalesce(o.units, 1)), 0)::float8 as units
    from (select k.run_id from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = g.id and (k.rank, k.run_id, k.step_id) < (p_rank, p_run, p_step)
      order by k.rank, k.run_id, k.step_id limit case when g.unit = 'start' and unknown.why is null then b.jobs else 0 end) as k
    left join durable.live_runs o on o.workspace_id = p_workspace and o.run_id = k.run_id) as ahead on true
  where g.workspace_id = p_workspace and g.id = p_gate
$$;

-- What each of these runs waits for: of several things the one that people can do most about. Runs that have ended or
-- whose app is being called are not in the answer. p_position_max: how far a queue is counted.
create function durable.run_waits(p_workspace int, p_runs uuid[], p_position_max int) returns table (run_id uuid, wait json)
language sql stable set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
  with live as materialized (
    select l.run_id, l.status, l.ready_rank, l.came, l.run_attempt, l.transport_attempt, coalesce(l.units, 1) as units, l.tenant, l.run_gates, l.step_gates
    from unnest(p_runs) as p(run) join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = p.run
    where l.status <> 'running'
  ), job as materialized (
    select l.run_id, '00000000-0000-0000-0000-000000000000'::uuid as step_id, l.ready_rank as rank, coalesce(l.came, l.ready_rank) as came,
        -- The last one of a fair run is its queue, where it waits for its turn at a slot.
        l.run_gates || case when l.tenant is null then l.step_gates else trim_array(l.step_gates, 1) end as gates from live l where l.ready_rank is not null
    union all
    select t.run_id, t.step_id, t.ready_rank, coalesce(t.came, t.ready_rank),
        case when l.tenant is null then t.gates else trim_array(t.gates, 1) end from live l
      join durable.tasks t on t.workspace_id = p_workspace and t.run_id = l.run_id where t.ready_rank is not null
  ), stopped as materialized (
    select distinct on (k.run_id) k.run_id, k.step_id, k.rank, j.came, k.gate_id, count(*) over (partition by k.run_id) as jobs
    from job j cross join unnest(j.gates) as gate(id)
    join durable.parked k on k.workspace_id = p_workspace and k.gate_id = gate.id and k.rank = j.rank
      and k.run_id = j.run_id and k.step_id = j.step_id
    order by k.run_id, k.rank, k.step_id
  ), held as materialized (
    select distinct on (j.run_id) j.run_id, j.step_id, j.came, p.id as pause_id
    from durable.pauses p cross join job j
    join durable.parked k on k.workspace_id = p_workspace and k.gate_id = p.id and k.rank = j.rank
      and k.run_id = j.run_id and k.step_id = j.step_id
    where p.workspace_id = p_workspace and not p.ending
    order by j.run_id, j.rank, j.step_id
  ), circuit as materialized (
    select c.* from durable.circuits c where c.workspace_id = p_workspace and c.state <> 'closing'
  ), cause as materialized (
    select l.run_id, c.kind, c.step_id, c.due_at, c.came, c.child, c.child_workspace from live l cross join lateral (
      select 0 as no, 'paused' as kind, '00000000-0000-0000-0000-000000000000'::uuid as step_id, null::timestamptz as due_at, null::bigint as came, null::uuid as child, null::int as child_workspace
        where l.status = 'paused'
      union all
      select 1, 'held', h.step_id, null, h.came, null, null from held h where h.run_id = l.run_id and l.status <> 'paused'
      union all
      select 2, 'gate', s.step_id, null, s.came, null, null from stopped s where s.run_id = l.run_id and l.status <> 'paused'
      union all
      select 3, 'circuit', j.step_id, null, j.came, null, null from job j cross join circuit where j.run_id = l.run_id and l.status <> 'paused'
      union all
      select 4, case t.kind when 'begin' then 'begin' else 'retry' end, t.step_id, t.due_at, null, null, null from durable.timers t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.kind in ('begin', 'retry', 'task')
      union all
      select 5, 'slot', j.step_id, null, j.came, null, null from job j where j.run_id = l.run_id and l.status <> 'paused'
      union all
      select 6, 'step', t.step_id, null, null, null, null from durable.tasks t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.status = 'running'
      union all
      select 7, 'child', c.parent_step_id, null, null, c.run_id, c.workspace_id from durable.children c
        where l.status = 'waiting' and c.parent_workspace_id = p_workspace and c.parent_run_id = l.run_id and durable.awaits_child(c)
      union all
      select 8, 'input', i.step_id, i.due_at, null, null, null from durable.inputs i
        where l.status = 'waiting' and i.workspace_id = p_workspace and i.run_id = l.run_id and i.status = 'open'
      union all
      select 9, case w.mode when 'signal' then 'signal' else 'event' end, w.step_id, null, null, null, null from durable.waits w
        where l.status = 'waiting' and w.workspace_id = p_workspace and w.run_id = l.run_id and w.mode <> 'cancel' and w.event_id is null
      union all
      select 10, 'sleep', t.step_id, t.due_at, null, null, null from durable.timers t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.kind = 'sleep'
      order by no, due_at, came, step_id limit 1) as c
  )
  select c.run_id, json_build_object(
    'kind', coalesce(a.kind, c.kind),
    'step', case when c.step_id <> '00000000-0000-0000-0000-000000000000' then json_build_object('id', replace(c.step_id::text, '-', ''), 'name', e.name) end,
    'since', durable.rfc3339(coalesce(to_timestamp(c.came / 1000000.0), e.committed_at)),
    'until', durable.rfc3339(coalesce(c.due_at, t.due_at)),
    'starts_at', durable.rfc3339(case when c.kind in ('begin', 'retry', 'sleep') then c.due_at else a.starts_at end),
    'starts_unknown', case when c.kind in ('begin', 'retry', 'sleep') then null when c.kind = 'gate' then a.starts_unknown else 'outside' end,
    'jobs', coalesce(s.jobs, 0),
    'gate', a.gate,
    'pause', case when c.kind = 'held' then (
      select json_build_object('id', p.id, 'kind', p.kind, 'function', p.function_id, 'limit', p.limit_id, 'key', p.key,
        'by', p.actor, 'reason', p.reason, 'since', durable.rfc3339(p.since))
      from held h join durable.pauses p on p.workspace_id = p_workspace and p.id = h.pause_id where h.run_id = c.run_id) end,
    'circuit', case when c.kind = 'circuit' then (select json_build_object('state', o.state, 'since', durable.rfc3339(o.since),
      'next_probe_at', durable.rfc3339(o.next_probe_at), 'last_error', o.error) from circuit o) end,
    'attempt', case when c.kind = 'retry' then coalesce(e.attempt, case when l.transport_attempt > 0 then l.transport_attempt else l.run_attempt end) + 1 end,
    'child', case when c.kind = 'child' then (select json_build_object('run', r.id, 'function', r.function_id,
        'status', coalesce(r.status, durable.shown_status(o)), 'app', durable.app_beside(p_workspace, r.workspace_id))
      from durable.runs r left join durable.live_runs o on o.workspace_id = r.workspace_id and o.run_id = r.id
      where r.workspace_id = c.child_workspace and r.id = c.child) end,
    'input', case when c.kind = 'input' then (select json_build_object('id', i.id, 'kind', i.kind, 'assignee', i.assignee) from durable.inputs i
      where i.workspace_id = p_workspace and i.run_id = c.run_id and i.step_id = c.step_id) end,
    'events', case when c.kind in ('event', 'signal') then (select json_agg(json_build_object('event', w.event_name, 'match', w.match) order by w.ordinal)
      from durable.waits w where w.workspace_id = p_workspace and w.run_id = c.run_id and w.step_id = c.step_id and w.event_id is null) end)
  from cause c
  join live l on l.run_id = c.run_id
  left join stopped s on c.kind = 'gate' and s.run_id = c.run_id
  left join lateral durable.gate_wait(p_workspace, s.gate_id, s.rank, s.run_id, s.step_id, l.units, p_position_max) as a on s.gate_id is not null
  left join durable.steps e on e.workspace_id = p_workspace and e.run_id = c.run_id and e.step_id = c.step_id
  left join durable.timers t on t.workspace_id = p_workspace and t.run_id = c.run_id and t.step_id = c.step_id
    and c.kind in ('child', 'input', 'event', 'signal')
$$;
