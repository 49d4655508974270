-- Events and waits meet here, off the commit path (decision 0003): each side has committed an obligation, and whoever
-- comes second sees the first. Conditions are evaluated in a process, so a match may take two calls; what is owed stays
-- owed until the second. Lock order: live_runs by (workspace, run), then the rest.

-- Waits of an answer. f_data: {"mode", "events": [{"key", "event", "match", "if"?, "look_back_ms"?}]}.
create function durable.effect_wait(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_wait record;
begin
  for v_wait in
    select f.workspace, f.run, f.step, f.data::json ->> 'mode' as mode, a.spec,
      -- Behind those that the run asked for before.
      coalesce((select max(w.ordinal) from durable.waits w where w.workspace_id = f.workspace and w.run_id = f.run), 0)
        + row_number() over (partition by f.workspace, f.run order by f.no, a.no) as ordinal,
      a.spec ->> 'event' as event, (a.spec -> 'match')::jsonb as match, durable.match_paths((a.spec -> 'match')::jsonb) as paths
    from unnest(f_workspace, f_run, f_step, f_data) with ordinality as f(workspace, run, step, data, no)
    cross join json_array_elements(f.data::json -> 'events') with ordinality as a(spec, no)
    order by f.workspace, a.spec ->> 'event'
  loop
    perform durable.register_pattern(v_wait.workspace, v_wait.event, v_wait.paths);
    insert into durable.waits (workspace_id, run_id, step_id, key, ordinal, mode, event_name, match, match_hash, condition, since)
      select v_wait.workspace, v_wait.run, v_wait.step, v_wait.spec ->> 'key', v_wait.ordinal, v_wait.mode, v_wait.event,
        (v_wait.spec -> 'match')::text, durable.declared_hash(v_wait.paths, v_wait.match), v_wait.spec ->> 'if',
        coalesce(v_now - (v_wait.spec ->> 'look_back_ms')::float8 * interval '1 millisecond', r.created_at)
      from durable.runs r where r.workspace_id = v_wait.workspace and r.id = v_wait.run;
  end loop;
end $$;

-- Ids that a stored function gives, in the order of time like those of the engines.
create function durable.uuid_v7() returns uuid
language sql volatile as $$
  select (substr(t, 1, 8) || '-' || substr(t, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid
  from lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') as t
$$;

-- From this commit on events of the name owe a match. The first wait on a name takes its bucket, so that no event can
-- have looked for patterns before and commit after. Callers with several names come in one order.
create function durable.register_pattern(p_workspace int, p_event text, p_paths text[]) returns void
language plpgsql as $$
begin
  if not exists (select 1 from durable.wait_patterns p where p.workspace_id = p_workspace
                 and p.event_name = p_event and p.paths = p_paths) then
    perform pg_advisory_xact_lock(7301, durable.name_bucket(p_workspace, p_event));
    insert into durable.wait_patterns (workspace_id, event_name, paths)
      values (p_workspace, p_event, p_paths) on conflict do nothing;
    if p_event in ('durable.run.completed', 'durable.run.failed', 'durable.run.cancelled') then
      insert into durable.end_listeners (workspace_id, event_name, listener)
        values (p_workspace, p_event, 'waits') on conflict do nothing;
    end if;
  end if;
end $$;

-- What user code gets for a wait that one event ends. A signal's payload as the bytes received.
create function durable.wait_value(p_mode text, p_key text, p_event durable.events) returns text
language sql stable as $$
  select case p_mode
    when 'any' then '{"key":' || to_json(p_key)::text || ',"event":' || durable.event_json(p_event) || '}'
    when 'signal' then coalesce((p_event.data::json -> 'payload')::text, 'null')
    else durable.event_json(p_event)
  end
$$;

-- Events that these entries have taken, or that fill a part of them, and that user code was not given: they may end another
-- wait of the run. All its waits for such a name look back anew, one after the other as at first. The caller holds the
-- live_runs rows.
create function durable.give_back(g_workspace int[], g_run uuid[], g_step uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  with entry as materialized (
    select g.workspace, g.run, g.step, t.op, t.event_id, t.value
    from unnest(g_workspace, g_run, g_step) as g(workspace, run, step)
    join durable.steps t on t.workspace_id = g.workspace and t.run_id = g.run and t.step_id = g.step
    where t.op in ('wait', 'signal')
  ), taken as materialized (
    select n.workspace, n.run, n.step, w.event_id as event from entry n
      join durable.waits w on w.workspace_id = n.workspace and w.run_id = n.run and w.step_id = n.step
      where w.event_id is not null
    union
    select n.workspace, n.run, n.step, n.event_id from entry n where n.event_id is not null
    union
    -- A wait for all that is settled names its last event alone; its value has them all, by their keys.
    select n.workspace, n.run, n.step, k.event_id from entry n
      join durable.taken_events k on k.workspace_id = n.workspace and k.run_id = n.run
      join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
      where n.op = 'wait' and n.event_id is not null and json_typeof(n.value::json -> 'id') is distinct from 'string'
        and exists (select 1 from json_each(n.value::json) as each
                    where json_typeof(each.value) = 'object' and each.value ->> 'id' = coalesce(e.client_id, e.id::text))
  ), noted as (
    insert into durable.given_back (workspace_id, run_id, step_id, event_id)
      select workspace, run, step, event from taken on conflict do nothing
  ), freed as (
    delete from durable.taken_events k using taken x
      where k.workspace_id = x.workspace and k.run_id = x.run and k.event_id = x.event
      returning k.workspace_id, k.run_id, k.event_id
  )
  update durable.waits w set looked_back = false, looked_at = null, looked_id = null, looked_count = 0, looks = w.looks + 1
    from freed f join durable.events e on e.workspace_id = f.workspace_id and e.id = f.event_id
    where w.workspace_id = f.workspace_id and w.run_id = f.run_id and w.event_name = e.name and w.event_id is null
      and w.mode <> 'cancel'
      and not exists (select 1 from unnest(g_workspace, g_run, g_step) as g(workspace, run, step)
        where g.workspace = w.workspace_id and g.run = w.run_id and g.step = w.step_id);
end $$;

-- Events for waits whose conditions were found to hold, or failed (c_failure). Oldest event first; one event ends or
-- fills at most one wait of a run, the first that was asked for, and the run's own trigger none. Whatever has changed
-- since they were found is seen here, under the runs' rows: repeating is harmless.
--
-- A wait that is still looking back leaves what lies ahead of it to its look-back, or a new event would overtake older
-- ones. Whoever ends a look-back looks once more under the run's row, so an event that is left here is found there. A
-- wait that has passed an event has none before it, of its run and for its name, that still looks back (look_backs): the
-- caller brings all that meet the event, so nobody is overtaken.
create function durable.settle_matches(
  c_workspace int[], c_run uuid[], c_step uuid[], c_key text[], c_event uuid[], c_failure text[] = '{}',
  out o_resolved int, out o_cancelled_workspace int[], out o_cancelled_run uuid[])
language plpgsql as $$
#variable_conflict use_column
declare
  v_row record;
  v_run uuid;
  v_used uuid[];   -- events this run took in this call
  v_done uuid[];   -- steps of it that are settled by it
  v_filled text[]; -- rows of it that are filled by it
  s_workspace int[] := '{}'; s_run uuid[] := '{}'; s_step uuid[] := '{}'; s_key text[] := '{}'; s_event uuid[] := '{}';
  s_failure text[] := '{}';
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(c_workspace, c_run))
    order by l.workspace_id, l.run_id for update;

  -- A cancel is final, so it comes first. One whose condition failed cancels nothing, and that is told.
  for v_row in
    select distinct on (w.workspace_id, w.run_id) w.workspace_id, w.run_id, e.name, coalesce(e.client_id, e.id::text) as id
    from unnest(c_workspace, c_run, c_step, c_key, c_event, c_failure) as c(workspace, run, step, key, event, failure)
    join durable.waits w on w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = c.step and w.key = c.key
    join durable.events e on e.workspace_id = c.workspace and e.id = c.event
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run and r.event_id <> c.event
    where w.mode = 'cancel' and c.failure is null
    order by w.workspace_id, w.run_id, e.received_at, e.id
  loop
    case durable.cancel_run(v_row.workspace_id, v_row.run_id, 'cancelOn',
        'event "' || v_row.name || '" (' || v_row.id || ')')
      when 'cancelled' then
        o_cancelled_workspace := o_cancelled_workspace || v_row.workspace_id;
        o_cancelled_run := o_cancelled_run || v_row.run_id;
      when 'cancelling' then o_resolved := o_resolved + 1;  -- ready, to undo its steps
      else null;
    end case;
  end loop;
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, at)
    select c.workspace, durable.uuid_v7(), c.event, r.function_id, 'cancel-on',
      'Run ' || c.run || ' was not cancelled by it. ' || (c.failure::json ->> 'message'), durable.durable_now()
    from unnest(c_workspace, c_run, c_step, c_key, c_event, c_failure) as c(workspace, run, step, key, event, failure)
    join durable.waits w on w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = c.step and w.key = c.key
    join durable.events e on e.workspace_id = c.workspace and e.id = c.event
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run and r.event_id <> c.event
    where w.mode = 'cancel' and c.failure is not null
      and (w.looked_back or (e.received_at, e.id) <= (w.looked_at, w.looked_id));

  for v_row in
    select w.workspace_id, w.run_id, w.step_id, w.key, w.mode, c.event, c.failure
    from unnest(c_workspace, c_run, c_step, c_key, c_event, c_failure) as c(workspace, run, step, key, event, failure)
    join durable.waits w on w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = c.step and w.key = c.key
    join durable.events e on e.workspace_id = c.workspace and e.id = c.event
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run and r.event_id <> c.event
    where w.mode <> 'cancel' and w.event_id is null
      and (w.looked_back or (e.received_at, e.id) <= (w.looked_at, w.looked_id))
      and not exists (select 1 from durable.taken_events t
                      where t.workspace_id = c.workspace and t.run_id = c.run and t.event_id = c.event)
    order by w.workspace_id, w.run_id, e.received_at, e.id, w.ordinal
  loop
    if v_run is distinct from v_row.run_id then
      v_run := v_row.run_id;
      v_used := '{}'; v_done := '{}'; v_filled := '{}';
    end if;
    continue when v_row.event = any (v_used) or v_row.step_id = any (v_done)
      or v_row.mode = 'all' and v_row.step_id || v_row.key = any (v_filled);
    if v_row.mode = 'all' and v_row.failure is null then
      v_filled := v_filled || (v_row.step_id || v_row.key);
    else
      v_done := v_done || v_row.step_id;
    end if;
    if v_row.failure is null then
      v_used := v_used || v_row.event;
    end if;
    s_workspace := s_workspace || v_row.workspace_id;
    s_run := s_run || v_row.run_id;
    s_step := s_step || v_row.step_id;
    s_key := s_key || v_row.key;
    s_event := s_event || v_row.event;
    s_failure := array_append(s_failure, v_row.failure);
  end loop;
  if cardinality(s_run) = 0 then
    return;
  end if;

  insert into durable.taken_events (workspace_id, run_id, event_id)
    select s.workspace, s.run, s.event from unnest(s_workspace, s_run, s_event, s_failure) as s(workspace, run, event, failure)
    where s.failure is null on conflict do nothing;
  update durable.waits w set event_id = s.event, looked_back = true
    from unnest(s_workspace, s_run, s_step, s_key, s_event, s_failure) as s(workspace, run, step, key, event, failure)
    where s.failure is null and w.mode = 'all'
      and w.workspace_id = s.workspace and w.run_id = s.run and w.step_id = s.step and w.key = s.key;
  -- An `all` is settled by the event that filled its last row.
  select o_resolved + coalesce(durable.settle_entries(array_agg(f.workspace order by f.no), array_agg(f.run order by f.no),
      array_agg(f.step order by f.no), array_agg(f.value order by f.no), array_agg(f.event order by f.no),
      array_agg(f.failure order by f.no)), 0)
    into o_resolved
    from (
      select distinct on (s.workspace, s.run, s.step) s.no, s.workspace, s.run, s.step, s.failure,
        case when s.failure is null then s.event end as event,
        case when s.failure is not null then null
          when w.mode = 'all' then (
            select '{' || string_agg(to_json(o.key)::text || ':' || durable.event_json(oe), ',' order by o.ordinal) || '}'
            from durable.waits o join durable.events oe on oe.workspace_id = o.workspace_id and oe.id = o.event_id
            where o.workspace_id = s.workspace and o.run_id = s.run and o.step_id = s.step)
          else durable.wait_value(w.mode, w.key, e) end as value
      from unnest(s_workspace, s_run, s_step, s_key, s_event, s_failure) with ordinality
        as s(workspace, run, step, key, event, failure, no)
      join durable.waits w on w.workspace_id = s.workspace and w.run_id = s.run and w.step_id = s.step and w.key = s.key
      join durable.events e on e.workspace_id = s.workspace and e.id = s.event
      where s.failure is not null or w.mode <> 'all' or not exists (
        select 1 from durable.waits o where o.workspace_id = s.workspace and o.run_id = s.run and o.step_id = s.step
          and o.event_id is null)
      order by s.workspace, s.run, s.step, s.no desc
    ) as f;
end $$;

-- The look-back of a wait (in its p_looks-th walk) has met an event, p_count events on. It has passed it now, and the event
-- is held against it and its rivals (c_). In one call, for an event that was passed and not held against this wait would be
-- missed for ever.
create function durable.settle_past(
  p_workspace int, p_run uuid, p_step uuid, p_key text, p_looks int, p_event uuid, p_count int,
  c_step uuid[], c_key text[], c_event uuid[], c_failure text[],
  out o_resolved int, out o_cancelled_workspace int[], out o_cancelled_run uuid[])
language plpgsql as $$
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  update durable.waits w
    set looked_at = e.received_at, looked_id = e.id, looked_count = w.looked_count + p_count
    from durable.events e
    where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key
      and not w.looked_back and w.looks = p_looks and e.workspace_id = p_workspace and e.id = p_event;
  if not found then
    return;
  end if;
  select m.* into o_resolved, o_cancelled_workspace, o_cancelled_run
    from durable.settle_matches(array_fill(p_workspace, array[cardinality(c_step)]), array_fill(p_run, array[cardinality(c_step)]),
      c_step, c_key, c_event, c_failure) as m;
end $$;

-- What the condition of a wait sees of the run's own event; null where it does not look at it.
create function durable.trigger_seen(p_wait durable.waits) returns text
language sql stable as $$
  select durable.event_json(t) from durable.runs r
  join durable.events t on t.workspace_id = r.workspace_id and t.id = r.event_id
  where strpos(p_wait.condition, 'trigger') > 0 and r.workspace_id = p_wait.workspace_id and r.id = p_wait.run_id
$$;

-- Whether an event is one that a wait may take, but for its condition.
create function durable.meets(p_wait durable.waits, p_event durable.events) returns boolean
language sql stable as $$
  select p_wait.event_id is null and p_event.received_at >= p_wait.since
    and (p_wait.until is null or p_event.received_at <= p_wait.until)
    and durable.match_hash(durable.match_paths(p_wait.match::jsonb), durable.comparable(p_event.data)) = p_wait.match_hash
$$;

-- The look-back of a wait has met an event. Another one, asked for before, may have looked back before the event was there,
-- and comes first. It has not been told of the event, so it may be owed older ones, too, and those it gets first. Here are all
-- these pairs that meet by name, time and match. One that would cancel the run has no rival: it takes nothing.
create function durable.rivals(p_workspace int, p_run uuid, p_step uuid, p_key text, p_event uuid)
returns table (step_id uuid, key text, condition text, trigger text, event_id uuid, event text)
language sql stable as $$
  with pair as (
    select w as wait, w.ordinal = own.ordinal as is_own, e as event
    from durable.waits own
    join durable.waits w on w.workspace_id = own.workspace_id and w.run_id = own.run_id and w.event_name = own.event_name
      and w.ordinal <= own.ordinal and (w.mode = 'cancel') = (own.mode = 'cancel')
    join durable.events e on e.workspace_id = p_workspace and e.id = p_event
    where own.workspace_id = p_workspace and own.run_id = p_run and own.step_id = p_step and own.key = p_key
      and (own.mode <> 'cancel' or w.ordinal = own.ordinal) and durable.meets(w, e)
  ), owed as (
    select x from durable.event_obligations o
    join durable.events x on x.workspace_id = o.workspace_id and x.id = o.event_id
    join durable.events e on e.workspace_id = p_workspace and e.id = p_event and e.name = x.name
      and (x.received_at, x.id) < (e.received_at, e.id)
    where o.workspace_id = p_workspace and exists (select 1 from pair p where not p.is_own)
  ), all_pairs as (
    select p.wait, p.event from pair p
    union all
    select p.wait, o.x from pair p cross join owed o where not p.is_own and durable.meets(p.wait, o.x)
  )
  select (p.wait).step_id, (p.wait).key, (p.wait).condition, durable.trigger_seen(p.wait), (p.event).id, durable.event_json(p.event)
  from all_pairs p
$$;

-- Hold events against the open waits. An event goes to the first of a run's waits that it meets. Where that hangs on no
-- condition it is settled here. An event that meets one with a condition stays owed, and is answered: the process asks the
-- condition, for this wait and for those of its run that come after it, calls settle_matches, then clear_obligation.
create function durable.match_events(
  q_workspace int[], q_event uuid[],
  out o_resolved int, out o_cancelled_workspace int[], out o_cancelled_run uuid[], out o_conditional uuid[])
language plpgsql as $$
#variable_conflict use_column
declare
  c_workspace int[]; c_run uuid[]; c_step uuid[]; c_key text[]; c_event uuid[];
begin
  select array_agg(c.workspace_id) filter (where not c.is_asked), array_agg(c.run_id) filter (where not c.is_asked),
      array_agg(c.step_id) filter (where not c.is_asked), array_agg(c.key) filter (where not c.is_asked),
      array_agg(c.event_id) filter (where not c.is_asked),
      -- Oldest first: what comes behind it, for the same run, waits for what is asked.
      coalesce(array_agg(c.event_id order by c.received_at, c.event_id) filter (where c.is_asked), '{}')
    into c_workspace, c_run, c_step, c_key, c_event, o_conditional
    from (
      select w.workspace_id, w.run_id, w.step_id, w.key, e.id as event_id, e.received_at,
        case when w.mode = 'cancel' then w.condition is not null
          else bool_or(w.condition is not null and w.mode <> 'cancel')
            over (partition by w.workspace_id, w.run_id order by e.received_at, e.id, w.ordinal) end as is_asked
      from unnest(q_workspace, q_event) as q(workspace, event)
      join durable.events e on e.workspace_id = q.workspace and e.id = q.event
      join durable.wait_patterns p on p.workspace_id = e.workspace_id and p.event_name = e.name
      join durable.waits w on w.workspace_id = e.workspace_id and w.event_name = e.name
        and w.match_hash = durable.match_hash(p.paths, durable.comparable(e.data))
      where e.received_at >= w.since and (w.until is null or e.received_at <= w.until) and w.event_id is null
    ) as c;
  o_resolved := 0;
  if c_run is not null then
    select m.o_resolved, m.o_cancelled_workspace, m.o_cancelled_run
      into o_resolved, o_cancelled_workspace, o_cancelled_run
      from durable.settle_matches(c_workspace, c_run, c_step, c_key, c_event) as m;
  end if;
  delete from durable.event_obligations o using unnest(q_workspace, q_event) as q(workspace, event)
    where o.workspace_id = q.workspace and o.event_id = q.event and q.event <> all (o_conditional);
end $$;

-- The waits that an event meets by name and match and that match_events has not settled, of p_limit runs after p_run, in
-- the order in which each run asked for them. Also those without a condition: one that came before them may be gone by now.
create function durable.undecided_waits(p_workspace int, p_event uuid, p_run uuid, p_limit int)
returns table (run_id uuid, step_id uuid, key text, condition text, trigger text)
language sql stable as $$
  select (o.wait).run_id, (o.wait).step_id, (o.wait).key, (o.wait).condition, durable.trigger_seen(o.wait) from (
    select w as wait, dense_rank() over (order by w.run_id) as run_no
    from durable.events e
    join durable.wait_patterns p on p.workspace_id = e.workspace_id and p.event_name = e.name
    join durable.waits w on w.workspace_id = e.workspace_id and w.event_name = e.name
      and w.match_hash = durable.match_hash(p.paths, durable.comparable(e.data))
    where e.workspace_id = p_workspace and e.id = p_event and w.run_id > p_run and w.event_id is null
      and e.received_at >= w.since and (w.until is null or e.received_at <= w.until)
      and (w.mode = 'cancel' and w.condition is not null or w.mode <> 'cancel' and not exists (
        select 1 from durable.taken_events t
        where t.workspace_id = w.workspace_id and t.run_id = w.run_id and t.event_id = e.id))
  ) as o where o.run_no <= p_limit order by (o.wait).run_id, (o.wait).ordinal
$$;

-- What still looks back in these runs, in the order in which each run asked for it. Of a run's waits for one name only the
-- first that still looks back may walk (is_next): a later one would take what the first has yet to come to. A process walks
-- it (is_asked) if it has a condition, or one that was asked for before has: what a wait meets goes to the first.
create function durable.look_backs(q_workspace int[], q_run uuid[])
returns table (wait durable.waits, is_next boolean, is_asked boolean)
language sql stable as $$
  select o.wait, o.is_next, o.is_asked from (
    select w as wait, w.looked_back, w.workspace_id, w.run_id, w.ordinal,
      w.mode = 'cancel' or count(*) filter (where not w.looked_back) over in_order = 1 as is_next,
      case when w.mode = 'cancel' then w.condition is not null
        else bool_or(w.condition is not null) over in_order end as is_asked
    from (select distinct * from unnest(q_workspace, q_run)) as q(workspace, run)
    join durable.waits w on w.workspace_id = q.workspace and w.run_id = q.run
    where w.event_id is null
    window in_order as (partition by w.workspace_id, w.run_id, w.event_name, w.mode = 'cancel' order by w.ordinal)
  ) as o where not o.looked_back order by o.workspace_id, o.run_id, o.ordinal
$$;

-- Whether this row is there and still looks back.
create function durable.looks_back(p_wait durable.waits) returns boolean
language sql stable as $$
  select exists (select 1 from durable.waits w where w.workspace_id = p_wait.workspace_id and w.run_id = p_wait.run_id
    and w.step_id = p_wait.step_id and w.key = p_wait.key and not w.looked_back)
$$;

-- An event that came before the waits of these runs resolves them: each walks its name from `since` on, oldest first,
-- p_limit events per call and wait, p_total in all, after those for the same name that its run asked for before. What a
-- process walks is left alone: see past_events. Answers how many were resolved and how many are still to be walked.
create function durable.look_back(
  q_workspace int[], q_run uuid[], p_limit int, p_total int,
  out o_resolved int, out o_cancelled_workspace int[], out o_cancelled_run uuid[], out o_left int)
language plpgsql as $$
#variable_conflict use_column
declare
  v_row record;
  v_wait durable.waits;
  v_run uuid;
  v_behind text[];  -- names of the run for which a wait has not come to its end in this call
  v_paths text[];
  v_past record;
  v_settled record;
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  for v_row in select b.wait, b.is_asked from durable.look_backs(q_workspace, q_run) as b loop
    v_wait := v_row.wait;
    if v_run is distinct from v_wait.run_id then
      v_run := v_wait.run_id;
      v_behind := '{}';
    end if;
    continue when v_wait.mode <> 'cancel' and v_wait.event_name = any (v_behind);
    -- Another row may have ended the wait, or filled this one.
    continue when not durable.looks_back(v_wait);
    if not v_row.is_asked then
      v_paths := durable.match_paths(v_wait.match::jsonb);
      select min(e.n) filter (where e.is_match) as first, count(*)::int as count,
          (array_agg(e.id order by e.n desc))[1] as last, (array_agg(e.id order by e.n) filter (where e.is_match))[1] as id
        into v_past
        from (
          select e.id, e.received_at, row_number() over (order by e.received_at, e.id) as n,
            durable.match_hash(v_paths, durable.comparable(e.data)) = v_wait.match_hash
              and (v_wait.until is null or e.received_at <= v_wait.until)
              and e.id <> r.event_id
              and not exists (select 1 from durable.taken_events t where t.workspace_id = v_wait.workspace_id
                              and t.run_id = v_wait.run_id and t.event_id = e.id) as is_match
          from durable.events_after(v_wait, p_limit) as e
          join durable.runs r on r.workspace_id = v_wait.workspace_id and r.id = v_wait.run_id
        ) as e;
      if v_past.id is not null then
        select m.* into v_settled
          from (
            select coalesce(array_agg(w.step_id), '{}') as steps, coalesce(array_agg(w.key), '{}') as keys,
              coalesce(array_agg(w.event_id), '{}') as events
            from durable.rivals(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key, v_past.id) as w
          ) as c
          cross join lateral durable.settle_past(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key,
            v_wait.looks, v_past.id, v_past.first::int, c.steps, c.keys, c.events, '{}') as m;
        o_resolved := o_resolved + v_settled.o_resolved;
        o_cancelled_workspace := o_cancelled_workspace || v_settled.o_cancelled_workspace;
        o_cancelled_run := o_cancelled_run || v_settled.o_cancelled_run;
      else
        perform durable.advance_look_back(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key,
          v_wait.looks, v_past.last, v_past.count, p_total);
      end if;
    end if;
    if durable.looks_back(v_wait) then
      v_behind := v_behind || v_wait.event_name;
    end if;
  end loop;
  select count(*)::int into o_left from durable.look_backs(q_workspace, q_run);
end $$;

-- The next events of the name that a wait has not walked over, oldest first.
create function durable.events_after(p_wait durable.waits, p_limit int) returns setof durable.events
language sql stable as $$
  select e.* from durable.events e
  where e.workspace_id = p_wait.workspace_id and e.name = p_wait.event_name
    and e.received_at >= coalesce(p_wait.looked_at, p_wait.since)
    and (p_wait.looked_at is null or (e.received_at, e.id) > (p_wait.looked_at, p_wait.looked_id))
  order by e.received_at, e.id limit p_limit
$$;

-- So far this wait has walked, in its p_looks-th walk. When nothing lies ahead of it, or at the limit of p_total events, it
-- is done, and the next one for its name may walk; the limit is written down where people look.
create function durable.advance_look_back(
  p_workspace int, p_run uuid, p_step uuid, p_key text, p_looks int, p_event uuid, p_count int, p_total int
) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_wait durable.waits;
  v_is_over boolean;
begin
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  update durable.waits w
    set looked_at = coalesce(e.received_at, w.looked_at), looked_id = coalesce(e.id, w.looked_id),
        looked_count = w.looked_count + p_count
    from (values (1)) as one left join durable.events e on e.workspace_id = p_workspace and e.id = p_event
    where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key
      and not w.looked_back and w.looks = p_looks
    returning w.* into v_wait;
  if not found then
    return;
  end if;
  v_is_over := not exists (select 1 from durable.events_after(v_wait, 1));
  if v_is_over or v_wait.looked_count >= p_total then
    update durable.waits w set looked_back = true
      where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key;
  end if;
  if not v_is_over and v_wait.looked_count >= p_total then
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select l.workspace_id, l.run_id, 'run.look-back-capped', l.journal_seq from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = p_run;
  end if;
end $$;

-- What waits of these runs have to walk over next and ask conditions about: one page of the past for each that is next
-- (look_backs). `meets` says that name and match fit, and that it is neither the trigger nor taken.
create function durable.past_events(q_workspace int[], q_run uuid[], p_limit int)
returns table (workspace_id int, run_id uuid, step_id uuid, key text, looks int, condition text, trigger text,
  event_id uuid, event text, meets boolean)
language sql stable as $$
  select w.workspace_id, w.run_id, w.step_id, w.key, w.looks, w.condition,
    case when strpos(w.condition, 'trigger') > 0 then durable.event_json(t) end,
    e.id, case when m.meets then durable.event_json(e) end, m.meets
  from durable.look_backs(q_workspace, q_run) as b
  cross join lateral (select (b.wait).*) as w
  join durable.runs r on r.workspace_id = w.workspace_id and r.id = w.run_id
  join durable.events t on t.workspace_id = r.workspace_id and t.id = r.event_id
  left join lateral durable.events_after(b.wait, p_limit) as e on true
  left join lateral (select e.id <> r.event_id and (w.until is null or e.received_at <= w.until)
      and durable.match_hash(durable.match_paths(w.match::jsonb), durable.comparable(e.data)) = w.match_hash
      and not exists (select 1 from durable.taken_events k where k.workspace_id = w.workspace_id
                      and k.run_id = w.run_id and k.event_id = e.id) as meets) as m on true
  where b.is_asked and b.is_next
  order by w.workspace_id, w.run_id, w.ordinal, e.received_at, e.id
$$;

-- The event was held against every wait, with and without a condition.
create function durable.clear_obligation(p_workspace int, p_event uuid) returns void
language sql volatile as $$
  delete from durable.event_obligations o where o.workspace_id = p_workspace and o.event_id = p_event
$$;

-- Runs of functions with cancel_on begin with a wait of mode cancel for each. A path is compared with the trigger's own
-- value; where it has none nothing can ever match, and that is told. Called in the commit that starts the runs.
create function durable.open_cancels(p_workspace int[], p_run uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_cancel record;
begin
  for v_cancel in
    select r.workspace_id, r.id as run, r.function_id, r.event_id, r.created_at, c.no, c.spec,
      case json_typeof(c.spec -> 'match')
        when 'string' then jsonb_build_object(c.spec ->> 'match',
          durable.comparable(e.data) #> string_to_array(c.spec ->> 'match', '.'))
        when 'object' then (c.spec -> 'match')::jsonb
        else '{}' end as match,
      json_typeof(c.spec -> 'match') is not distinct from 'string'
        and durable.scalar_text(durable.comparable(e.data) #> string_to_array(c.spec ->> 'match', '.')) is null as is_missing
    from unnest(p_workspace, p_run) as q(workspace, run)
    join durable.runs r on r.workspace_id = q.workspace and r.id = q.run
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    join durable.function_versions v on v.workspace_id = r.workspace_id and v.function_id = r.function_id and v.version = r.function_version
    cross join json_array_elements(v.manifest::json -> 'cancel_on') with ordinality as c(spec, no)
  loop
    if v_cancel.is_missing then
      insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, at)
        values (v_cancel.workspace_id, durable.uuid_v7(), v_cancel.event_id, v_cancel.function_id, 'cancel-on',
          'Run ' || v_cancel.run || ' cannot be cancelled by "' || (v_cancel.spec ->> 'event') || '": its own event has no "'
            || (v_cancel.spec ->> 'match') || '" to compare.', durable.durable_now());
      continue;
    end if;
    insert into durable.waits (workspace_id, run_id, step_id, key, ordinal, mode, event_name, match, match_hash, condition, since, until)
      values (v_cancel.workspace_id, v_cancel.run, '00000000-0000-0000-0000-000000000000', v_cancel.no::text, v_cancel.no, 'cancel',
        v_cancel.spec ->> 'event', v_cancel.match::text, durable.declared_hash(durable.match_paths(v_cancel.match), v_cancel.match),
        v_cancel.spec ->> 'if', v_cancel.created_at,
        v_cancel.created_at + (v_cancel.spec ->> 'timeout_ms')::float8 * interval '1 millisecond');
  end loop;
end $$;

-- The patterns of those waits, registered when the functions are synced: a commit that starts runs holds buckets of
-- its own events already, and must wait for no other.
create function durable.register_cancel_patterns(p_workspace int, f_manifest text[]) returns void
language sql volatile as $$
  select durable.register_pattern(p_workspace, c.event, c.paths) from (
    select distinct c ->> 'event' as event,
      case json_typeof(c -> 'match') when 'string' then array[c ->> 'match']
        when 'object' then durable.match_paths((c -> 'match')::jsonb) else '{}' end as paths
    from unnest(f_manifest) as m(manifest), json_array_elements(m.manifest::json -> 'cancel_on') as c
    order by 1
  ) as c
$$;
