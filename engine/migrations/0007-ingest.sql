-- One call of one VOLATILE function is one durable change: one statement on the wire, one commit, and each
-- statement inside reads a fresh snapshot (the CTEs of a single statement share one taken before any lock wait).
--
-- Lock order, everywhere: engine row, live_runs by (workspace, run), tasks, ready, the rest. Who cannot wait in that
-- order takes SKIP LOCKED. An advisory lock on an event name comes after live_runs.

-- How ids of work are ordered: first ready, first claimed.
create function durable.rank_of(p_at timestamptz) returns bigint
language sql immutable as $$ select (extract(epoch from p_at) * 1000000)::bigint $$;

-- Event data for comparing. What is valid JSON but no jsonb (a NUL, half a surrogate pair, 1e200000) has no values
-- to compare: it matches nothing by value, and must not stop the others that are matched in the same call.
create function durable.comparable(p_data text) returns jsonb
language plpgsql immutable as $$
begin
  return p_data::jsonb;
exception when data_exception or program_limit_exceeded then
  return null;
end $$;

-- A scalar as comparable text: 1 and 1.0 are equal, "1" is another thing, objects compare with nothing.
create function durable.scalar_text(p_value jsonb) returns text
language sql immutable as $$
  select case jsonb_typeof(p_value)
    when 'number' then 'n' || trim_scale((p_value #>> '{}')::numeric)::text
    when 'string' then 's' || (p_value #>> '{}')
    when 'boolean' then 'b' || (p_value #>> '{}')
    when 'null' then 'z'
  end
$$;

-- The hash under which a wait and an event meet: over (path, value at path), null when a path is missing.
create function durable.match_hash(p_paths text[], p_data jsonb) returns uuid
language sql immutable as $$
  select case when count(*) = count(v) then md5(coalesce(string_agg(path || E'\x1f' || v, E'\x1e' order by no), ''))::uuid end
  from (
    select path, no, durable.scalar_text(p_data #> string_to_array(path, '.')) as v
    from unnest(p_paths) with ordinality as p(path, no)
  ) as values_at
$$;

-- The same hash from the wait's side, where the values are declared under their paths.
create function durable.declared_hash(p_paths text[], p_match jsonb) returns uuid
language sql immutable as $$
  select case when count(*) = count(v) then md5(coalesce(string_agg(path || E'\x1f' || v, E'\x1e' order by no), ''))::uuid end
  from (
    select path, no, durable.scalar_text(p_match -> path) as v
    from unnest(p_paths) with ordinality as p(path, no)
  ) as values_at
$$;

create function durable.match_paths(p_match jsonb) returns text[]
language sql immutable as $$
  select coalesce(array_agg(k order by k collate "C"), '{}') from jsonb_object_keys(p_match) as k
$$;

-- 256 buckets bound the locks of one commit, however many names it brings.
create function durable.name_bucket(p_workspace int, p_name text) returns int
language sql immutable as $$ select hashtextextended(p_name, p_workspace)::bit(8)::int $$;

-- Each array that a function is called with costs it a microsecond, so what most births have none of is one argument, and
-- null mostly.
create type durable.rare_births as (
  -- Functions that an event does not start although it names them.
  k_event int[], k_id uuid[], k_function text[], k_reason text[], k_detail text[], k_facts text[],
  -- Until when runs must have begun or ended.
  t_event int[], t_run uuid[], t_kind text[], t_ms float8[],
  -- The gates that runs must pass (0026), as array literals by run, and those gates themselves.
  r_run_gates text[], r_step_gates text[], r_units int[],
  g_workspace int[], g_id uuid[], g_limit uuid[], g_unit text[], g_key text[],
  -- Why and when runs begin later than now, by run: in so many milliseconds, or at a time in seconds.
  r_begin_cause text[], r_begin_ms float8[], r_begin_at float8[],
  -- The shapes that events must take to become runs (0027), as JSON by run.
  r_shapes text[],
  -- Their priorities and tenants, and those tenants (0031).
  r_priority int[], r_tenant uuid[],
  q_workspace int[], q_id uuid[], q_queue uuid[], q_function text[], q_key text[], q_weight int[],
  -- What runs are found by beside what they are (0041), as JSON by run.
  r_terms text[]
);

-- Events with the runs they start, each with its job: born leased to the engine that accepted them
-- (r_fence given: it has a free slot), as a row in ready, or asleep until it begins (0027). Atomic. Answers a state per event, in order, or null when
-- all are new and nobody waits for any, as nearly always: a row per event would cost more than finding that out.
-- new | owed (new, and somebody may wait for it: match_events must be called with it soon)
-- | duplicate | conflict (same id, other body) | refused (another event of its request is in conflict)
-- | skipped (its request is in p_skip) | stale (functions changed since they were matched: match again).
create function durable.accept_events(
  p_engine int,
  p_registry_workspace int[], p_registry_version int[],
  e_request int[], e_workspace int[], e_id uuid[], e_client_id text[], e_body_hash uuid[],
  e_name text[], e_data text[], e_time float8[],
  r_event int[], r_function text[], r_version int[], r_run uuid[], r_fence uuid[],
  e_trace text[] = '{}',                     -- what events came with of their senders' traces
  p_cancels boolean = false,                 -- some of the runs may be cancelled by events: see open_cancels
  p_rare durable.rare_births = null,
  p_skip int[] = '{}')
returns text[] language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_state text[];
  v_new boolean[];
  v_owed uuid[];
  v_conflicting bigint[] := '{}';  -- numbers of events
  v_conflicts int[] := '{}';       -- numbers of requests
  v_found bigint[];
  v_refused int[];
  v_leases boolean := false;
  -- Of the runs, each by its number: an element of a variable is found at once, one of a field by walking to it.
  v_run_gates text[] := p_rare.r_run_gates; v_step_gates text[] := p_rare.r_step_gates; v_units int[] := p_rare.r_units;
  v_priority int[] := p_rare.r_priority; v_tenant uuid[] := p_rare.r_tenant; v_shapes text[] := p_rare.r_shapes;
  v_begin_ms float8[] := p_rare.r_begin_ms; v_begin_at float8[] := p_rare.r_begin_at;
  v_begin timestamptz[] := '{}';   -- of the runs; null begins now
  v_cause text[] := coalesce(p_rare.r_begin_cause, '{}');
  v_born boolean[] := '{}';        -- false: its event became no run of its own; null: nothing was in its way
  v_by uuid[] := '{}';             -- of those that collect: the newest event, whose run it is
  -- Of the runs that nobody was given: each another one and none to be guessed, from one call for random bits.
  v_fences text := left(gen_random_uuid()::text, 24);
begin
  perform 1 from unnest(p_registry_workspace, p_registry_version) as q(id, version)
    join durable.workspaces w on w.id = q.id where w.registry_version <> q.version;
  if found then
    return array_fill('stale'::text, array[cardinality(e_id)]);
  end if;

  -- A dead engine must not be given leases: the rescuer takes this row for update before it looks for them.
  if cardinality(array_remove(r_fence, null)) > 0 then
    perform 1 from durable.engines where id = p_engine and state = 'live' for key share;
    v_leases := found;
  end if;

  if cardinality(array_remove(e_client_id, null)) > 0 then
    -- A request in conflict gives its ids back, and another request of this call may get them: look again until
    -- no new conflict shows. What it must not get is "duplicate" of an event that is then not stored.
    loop
      insert into durable.event_ids (workspace_id, client_id, event_id, body_hash)
        select e.workspace, e.client_id, e.id, e.body_hash
        from unnest(e_request, e_workspace, e_client_id, e_id, e_body_hash) as e(request, workspace, client_id, id, body_hash)
        where e.client_id is not null and e.request <> all (p_skip) and e.request <> all (v_conflicts)
        order by e.workspace, e.client_id
        on conflict do nothing;
      select array_agg(case when e.request = any (p_skip) then 'skipped'
                            when e.no = any (v_conflicting) or k.event_id <> e.id and k.body_hash <> e.body_hash then 'conflict'
                            when e.request = any (v_conflicts) then 'refused'
                            when e.client_id is null or k.event_id = e.id then 'new'
                            else 'duplicate' end order by e.no)
        into v_state
        from unnest(e_request, e_workspace, e_client_id, e_id, e_body_hash) with ordinality
          as e(request, workspace, client_id, id, body_hash, no)
        left join durable.event_ids k on k.workspace_id = e.workspace and k.client_id = e.client_id;
      select array_agg(s.no), array_agg(distinct e_request[s.no]) into v_found, v_refused
        from unnest(v_state) with ordinality as s(state, no)
        where s.state = 'conflict' and e_request[s.no] <> all (v_conflicts);
      exit when v_found is null;
      v_conflicting := v_conflicting || v_found;
      v_conflicts := v_conflicts || v_refused;
      delete from durable.event_ids k
        using unnest(e_request, e_workspace, e_id, e_client_id) as e(request, workspace, id, client_id)
        where e.request = any (v_refused) and k.workspace_id = e.workspace
          and k.client_id = e.client_id and k.event_id = e.id;
    end loop;
  elsif cardinality(p_skip) > 0 then
    select array_agg(case when r = any (p_skip) then 'skipped' else 'new' end order by no)
      into v_state from unnest(e_request) with ordinality as q(r, no);
  else
    v_new := array_fill(true, array[cardinality(e_id)]);
  end if;
  if v_new is null then
    select array_agg(s = 'new' order by no) into v_new from unnest(v_state) with ordinality as q(s, no);
  end if;

  insert into durable.events (workspace_id, id, client_id, name, data, time, received_at, traceparent)
    select e_workspace[q], e_id[q], e_client_id[q], e_name[q], e_data[q], coalesce(to_timestamp(e_time[q]), v_now), v_now, e_trace[q]
    from generate_subscripts(e_id, 1) as q
    where v_new[q];

  if cardinality(r_run) > 0 then
    if cardinality(p_rare.r_begin_cause) > 0 then
      select array_agg(case when b.at > v_now then b.at end order by b.q) into v_begin from (
        select q, coalesce(to_timestamp(v_begin_at[q]), v_now + v_begin_ms[q] * interval '1 millisecond') as at
        from generate_subscripts(r_run, 1) as q) as b;
    end if;
    if cardinality(v_shapes) > 0 then
      select o_born, o_begin, o_cause, o_event into v_born, v_begin, v_cause, v_by from durable.shape_runs(
        (select array_agg(e_workspace[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(e_id[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(case when v_shapes[q] is not null then octet_length(e_data[r_event[q]]) end order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(v_new[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        r_function, r_run, v_shapes, v_begin, v_cause);
    end if;
    insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at, begins_at, begin_cause)
      select e_workspace[r_event[q]], r_run[q], r_function[q], r_version[q], coalesce(v_by[q], e_id[r_event[q]]), v_now,
        v_begin[q], case when v_begin[q] is not null or v_cause[q] = 'batch' then v_cause[q] end
      from generate_subscripts(r_run, 1) as q
      where v_new[r_event[q]] and v_born[q] is not false;
    if cardinality(p_rare.g_id) > 0 then
      insert into durable.gatekeepers (workspace_id) select distinct workspace from unnest(p_rare.g_workspace) as workspace order by 1
        on conflict do nothing;
      -- Written once a day, so that births of one key do not wait for each other's commit.
      insert into durable.gates (workspace_id, id, limit_id, unit, key)
        select g.workspace, g.id, g.limit_id, g.unit, g.key
        from unnest(p_rare.g_workspace, p_rare.g_id, p_rare.g_limit, p_rare.g_unit, p_rare.g_key) as g(workspace, id, limit_id, unit, key)
        where not exists (select 1 from durable.gates k
          where k.workspace_id = g.workspace and k.id = g.id and k.touched_on >= current_date)
        order by 1, 2
        on conflict (workspace_id, id) do update set touched_on = excluded.touched_on;
    end if;
    if cardinality(v_priority) > 0 then
      perform durable.note_tenants(array(select e_workspace[r_event[q]] from generate_subscripts(r_run, 1) as q
        where v_priority[q] is not null or v_tenant[q] is not null), p_rare.q_workspace, p_rare.q_id, p_rare.q_queue, p_rare.q_function, p_rare.q_key, p_rare.q_weight);
    end if;
    insert into durable.live_runs (workspace_id, run_id, status, fence, engine_id, run_gates, step_gates, units, priority, tenant, ready_rank)
      select e_workspace[r_event[q]], r_run[q],
        case when v_begin[q] is not null then 'waiting' when v_leases and r_fence[q] is not null then 'running' else 'queued' end,
        case when v_leases and r_fence[q] is not null then r_fence[q] else (v_fences || lpad(to_hex(q), 12, '0'))::uuid end,
        case when v_leases and r_fence[q] is not null then p_engine end,
        v_run_gates[q]::uuid[], v_step_gates[q]::uuid[], v_units[q], v_priority[q], v_tenant[q],
        case when v_begin[q] is null and not (v_leases and r_fence[q] is not null) then v_rank + q end
      from generate_subscripts(r_run, 1) as q
      where v_new[r_event[q]] and v_born[q] is not false;
    if not v_leases or array_position(r_fence, null) is not null then
      insert into durable.ready (rank, workspace_id, run_id)
        select v_rank + q, e_workspace[r_event[q]], r_run[q]
        from generate_subscripts(r_run, 1) as q
        where v_new[r_event[q]] and not (v_leases and r_fence[q] is not null) and v_begin[q] is null
          and v_born[q] is not false;
    end if;
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select e_workspace[r_event[q]], r_run[q], 'run.created', 0
      from generate_subscripts(r_run, 1) as q where v_new[r_event[q]] and v_born[q] is not false;
  end if;

  if cardinality(p_rare.r_terms) > 0 then
    perform durable.note_terms((select array_agg(e_workspace[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
      (select array_agg(e_id[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
      (select array_agg(v_new[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
      r_function, r_run, v_born, p_rare.r_terms);
  end if;

  if cardinality(p_rare.t_run) > 0 then
    perform durable.limit_runs(array_agg(e_workspace[t.event]), array_agg(t.run), array_agg(t.kind), array_agg(t.ms))
      from unnest(p_rare.t_event, p_rare.t_run, p_rare.t_kind, p_rare.t_ms) as t(event, run, kind, ms)
      where v_new[t.event] and v_born[array_position(r_run, t.run)] is not false having count(*) > 0;
  end if;

  if array_remove(v_begin, null) <> '{}' then
    perform durable.put_to_sleep(array_agg(e_workspace[r_event[q]]), array_agg(r_run[q]), array_agg(v_begin[q]))
      from generate_subscripts(r_run, 1) as q where v_new[r_event[q]] and v_begin[q] is not null and v_born[q] is not false having count(*) > 0;
  end if;

  if p_cancels then
    perform durable.open_cancels(array_agg(e_workspace[r.event]), array_agg(r.run))
      from unnest(r_event, r_run) as r(event, run) where v_new[r.event] having count(*) > 0;
  end if;

  if cardinality(p_rare.k_id) > 0 then
    insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, run_id, facts, at)
      select e_workspace[k.event], k.id, e_id[k.event], k.function, k.reason, k.detail,
        -- What stood in the way of a tick, its scheduler knows.
        case k.reason when 'overlap' then (k.facts::json ->> 'run')::uuid end, k.facts, v_now
      from unnest(p_rare.k_event, p_rare.k_id, p_rare.k_function, p_rare.k_reason, p_rare.k_detail, p_rare.k_facts) as k(event, id, function, reason, detail, facts)
      where v_new[k.event];
  end if;

  -- Names nobody ever waited on: hold their bucket until commit, so that the first wait on such a name cannot
  -- register between our look and our commit (it takes the bucket exclusively). Then look again.
  perform pg_advisory_xact_lock_shared(7301, b.bucket) from (
    select distinct durable.name_bucket(n.workspace, n.name) as bucket
    from (select distinct e.workspace, e.name from unnest(e_workspace, e_name) as e(workspace, name)) as n
    where not exists (select 1 from durable.wait_patterns p where p.workspace_id = n.workspace and p.event_name = n.name)
    order by 1) as b;
  with named as (
    select n.workspace, n.name
    from (select distinct e.workspace, e.name from unnest(e_workspace, e_name) as e(workspace, name)) as n
    where exists (select 1 from durable.wait_patterns p where p.workspace_id = n.workspace and p.event_name = n.name)
  ), owed as (
    insert into durable.event_obligations (workspace_id, event_id)
      select e.workspace, e.id from unnest(v_new, e_workspace, e_id, e_name) as e(is_new, workspace, id, name)
      where e.is_new and (e.workspace, e.name) in (select workspace, name from named)
      returning event_id)
  select array_agg(event_id) into v_owed from owed;

  if v_owed is null and not false = any (v_new) then
    return null;
  end if;
  return array(select case when q.id = any (v_owed) then 'owed' else coalesce(v_state[q.no], 'new') end
    from unnest(e_id) with ordinality as q(id, no) order by q.no);
end $$;
