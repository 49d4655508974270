-- All of one owner goes, at once and for good (decision 0043). First it is found, then it is deleted, a piece at a time by any engine;
-- how far it is stands in its row, so whoever dies leaves it to the next one.
--
--     runs -> events -> counted (it was a preview) | refused (a run lives, and shall not be cancelled)
--       ^       '-----> erasing -> completed
--       '-------------------'  as long as runs of theirs were alive: what those began meanwhile is found by another round

create table durable.erasures (
  workspace_id int not null,
  id uuid not null,
  path text[] not null,                      -- into the data of events
  value text,                                -- JSON of a scalar; null when it is over: who it was is not kept
  cancels boolean not null,                  -- runs that live are cancelled
  preview boolean not null,
  status text not null,                      -- runs | events (it is found) | erasing | completed | counted | refused
  run_id uuid not null,                      -- walked up to here in this round
  event_id uuid not null,
  round_at timestamptz not null,
  alive boolean not null default false,      -- a run was, in this round
  found_runs bigint not null default 0, found_live bigint not null default 0, found_events bigint not null default 0,
  runs bigint not null default 0, events bigint not null default 0,                -- that are gone
  actor text not null,
  reason text,
  look_at timestamptz not null,              -- nothing can be done before
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id)
);
create index erasures_at_work on durable.erasures (look_at) where ended_at is null;

-- What was found, until the erasure is over: children are told by parents that are gone.
create table durable.erasure_items (
  workspace_id int not null,
  erasure_id uuid not null,
  kind text not null,                        -- run | event
  id uuid not null,
  state text not null default 'waiting',     -- waiting | ending (it was cancelled) | gone
  primary key (workspace_id, erasure_id, kind, id)
);
create index erasure_items_waiting on durable.erasure_items (workspace_id, erasure_id, kind, id) where state <> 'gone';

-- The run that an event of the engine's own tells of; null of other events.
create function durable.run_told_of(p_event durable.events) returns uuid language sql immutable as $$
  select case when t.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then t.id::uuid end from (
    select case json_typeof(d -> 'run') when 'object' then d -> 'run' ->> 'id' when 'string' then d ->> 'run' end as id
    from (select case when p_event.name ~ '^durable\.(run\.|input\.|on-failure$)' then p_event.data::json end as d) as q) as t
$$;

create function durable.has_scalar(p_data text, p_path text[], p_value text) returns boolean language sql immutable as $$
  select coalesce(durable.scalar_text(durable.comparable(p_data) #> p_path) = durable.scalar_text(durable.comparable(p_value)), false)
$$;

-- Whether a run is this owner's: an event that it was made of has the scalar at the path, or one of a run above it. Above a run are its
-- parent in the same app, the run that it goes over again, and the one that its event tells of. What an erasure has found stays found when it is gone.
create function durable.is_owned(p_workspace int, p_run uuid, p_path text[], p_value text, p_erasure uuid = null) returns boolean
language sql stable as $$
  with recursive above(id) as (
    select p_run
    union
    select u.id from above a cross join lateral (
      select c.parent_run_id as id from durable.children c
        where c.workspace_id = p_workspace and c.run_id = a.id and c.parent_workspace_id = p_workspace
      union all
      select r.origin_run_id from durable.runs r where r.workspace_id = p_workspace and r.id = a.id and r.origin_run_id is not null
      union all
      select durable.run_told_of(e) from durable.runs r
        join durable.events e on e.workspace_id = p_workspace and e.id = r.event_id and starts_with(e.name, 'durable.')
        where r.workspace_id = p_workspace and r.id = a.id) as u
    where u.id is not null
  )
  select exists (
    select 1 from above a join durable.runs r on r.workspace_id = p_workspace and r.id = a.id
    join durable.events e on e.workspace_id = p_workspace and e.id = r.event_id
    where durable.has_scalar(e.data, p_path, p_value))
  or exists (
    select 1 from above a join durable.collected_events c on c.workspace_id = p_workspace and c.run_id = a.id
    join durable.events e on e.workspace_id = p_workspace and e.id = c.event_id
    where durable.has_scalar(e.data, p_path, p_value))
  or p_erasure is not null and exists (
    select 1 from above a join durable.erasure_items i
      on i.workspace_id = p_workspace and i.erasure_id = p_erasure and i.kind = 'run' and i.id = a.id)
$$;

-- What a run that has ended owes to others is told: nobody asks for it any more.
create function durable.is_settled(p_workspace int, p_run uuid) returns boolean language sql stable as $$
  select not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run)
    and not exists (select 1 from durable.child_ends o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.cascades o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.end_events o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.ungrouped o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.inputs i join durable.input_notices n on n.workspace_id = p_workspace and n.input_id = i.id
      where i.workspace_id = p_workspace and i.run_id = p_run)
$$;

-- Groups of errors forget what these runs said. One that nobody else is in, and that nobody has touched, goes.
create function durable.forget_messages(p_workspace int, p_run uuid[]) returns void language plpgsql as $$
declare
  v_said text[];
  v_group text[];
  v_alone text[];
begin
  v_said := array(
    select distinct q.failure::json ->> 'message' from (
      select a.failure from unnest(p_run) as k(run) join durable.attempts a on a.workspace_id = p_workspace and a.run_id = k.run
      union all select s.failure from unnest(p_run) as k(run) join durable.steps s on s.workspace_id = p_workspace and s.run_id = k.run
      union all select f.failure from unnest(p_run) as k(run) join durable.runs r on r.workspace_id = p_workspace and r.id = k.run
        cross join lateral (values (r.failure), (r.pause_reason)) as f(failure)) as q
    where q.failure is not null);
  v_group := array(select distinct x.fingerprint from unnest(p_run) as k(run)
    join durable.run_errors x on x.workspace_id = p_workspace and x.run_id = k.run);
  v_alone := array(select g.fingerprint from durable.error_groups g
    where g.workspace_id = p_workspace and g.fingerprint = any (v_group) and g.state_at is null and not exists (
      select 1 from durable.run_errors x where x.workspace_id = p_workspace and x.fingerprint = g.fingerprint and x.run_id <> all (p_run))
    order by g.fingerprint for update);
  delete from durable.error_versions v where v.workspace_id = p_workspace and v.fingerprint = any (v_alone);
  delete from durable.error_groups g where g.workspace_id = p_workspace and g.fingerprint = any (v_alone);
  update durable.error_groups g set message = '(erased)'
    where g.workspace_id = p_workspace and (g.fingerprint = any (v_group) or g.message = any (v_said)) and g.message <> '(erased)';
end $$;

-- What limits and shapes remember under the owner's name, where nobody is in or stands there. A number is no name: others may have it.
create function durable.forget_keys(p_workspace int, p_erasure uuid, p_value text) returns void language plpgsql as $$
declare
  v_key text := case when json_typeof(p_value::json) = 'string' then p_value end;
begin
  delete from durable.shape_keys k where k.workspace_id = p_workspace and (k.key = v_key or exists (
      select 1 from durable.erasure_items i where i.workspace_id = p_workspace and i.erasure_id = p_erasure and i.kind = 'run' and i.id = k.run_id))
    and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = k.run_id);
  delete from durable.gates g where g.workspace_id = p_workspace and g.key = v_key and g.used = 0 and g.parked = 0
    and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and (g.id = any (l.run_gates) or g.id = any (l.step_gates)))
    and not exists (select 1 from durable.gate_notes n where n.workspace_id = p_workspace and n.gate_id = g.id);
  with gone as (
    delete from durable.tenants t where t.workspace_id = p_workspace and t.key = v_key
      and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.tenant = t.id)
      returning t.id)
  delete from durable.virtual_times v using gone g where v.workspace_id = p_workspace and v.id = g.id;
end $$;

-- The walk of an erasure: so many runs, or events, more. Part of erase_piece, which holds its row.
create function durable.find_owned(e durable.erasures, p_limit int) returns void language plpgsql as $$
declare
  v_seen uuid[];
  v_own uuid[];
  v_live int := 0;
  v_found int;
begin
  if e.status = 'runs' then
    v_seen := array(select r.id from durable.runs r where r.workspace_id = e.workspace_id and r.id > e.run_id order by r.id limit p_limit);
    v_own := array(select s from unnest(v_seen) as s where durable.is_owned(e.workspace_id, s, e.path, e.value, e.id));
    insert into durable.erasure_items (workspace_id, erasure_id, kind, id) select e.workspace_id, e.id, 'run', o from unnest(v_own) as o
      on conflict do nothing;
    get diagnostics v_found = row_count;
    -- Of what collects, the events may be others': theirs are found by themselves.
    insert into durable.erasure_items (workspace_id, erasure_id, kind, id)
      select distinct e.workspace_id, e.id, 'event', r.event_id from unnest(v_own) as o
      join durable.runs r on r.workspace_id = e.workspace_id and r.id = o
      join durable.events v on v.workspace_id = e.workspace_id and v.id = r.event_id
      where not exists (select 1 from durable.collected_events c where c.workspace_id = e.workspace_id and c.run_id = durable.first_origin(e.workspace_id, o))
      on conflict do nothing;
    select count(*) into v_live from unnest(v_own) as o join durable.live_runs l on l.workspace_id = e.workspace_id and l.run_id = o;
    update durable.erasures x
      set run_id = coalesce(v_seen[cardinality(v_seen)], x.run_id), found_runs = x.found_runs + v_found, found_live = x.found_live + v_live,
          alive = x.alive or v_live > 0, status = case when cardinality(v_seen) < p_limit then 'events' else x.status end
      where x.workspace_id = e.workspace_id and x.id = e.id;
    return;
  end if;
  v_seen := array(select v.id from durable.events v where v.workspace_id = e.workspace_id and v.id > e.event_id order by v.id limit p_limit);
  insert into durable.erasure_items (workspace_id, erasure_id, kind, id)
    select e.workspace_id, e.id, 'event', v.id from unnest(v_seen) as s
    join durable.events v on v.workspace_id = e.workspace_id and v.id = s
    where durable.has_scalar(v.data, e.path, e.value) or exists (select 1 from durable.erasure_items i
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.id = durable.run_told_of(v))
    on conflict do nothing;
  update durable.erasures x set event_id = coalesce(v_seen[cardinality(v_seen)], x.event_id) where x.workspace_id = e.workspace_id and x.id = e.id;
  if cardinality(v_seen) < p_limit then
    select count(*) into v_found from durable.erasure_items i where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event';
    update durable.erasures x set status = 'erasing', found_events = v_found where x.workspace_id = e.workspace_id and x.id = e.id;
    if e.preview or not e.cancels and e.alive and e.runs = 0 then
      perform durable.end_erasure(e, case when e.preview then 'counted' else 'refused' end);
    end if;
  end if;
end $$;

-- It is over. Who it was is not kept, and its record says how many, if any are gone. Part of erase_piece.
create function durable.end_erasure(e durable.erasures, p_status text) returns void language plpgsql as $$
begin
  delete from durable.erasure_items i where i.workspace_id = e.workspace_id and i.erasure_id = e.id;
  update durable.erasures x set status = p_status, value = null, ended_at = durable.durable_now()
    where x.workspace_id = e.workspace_id and x.id = e.id returning * into e;
  if e.runs + e.events > 0 then
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (e.workspace_id, e.actor, 'erase.' || p_status, e.id::text,
        json_build_object('runs', e.runs, 'events', e.events, 'live', e.found_live)::text);
  end if;
end $$;

-- One piece of one erasure: so many rows are looked at, or deleted with all that is theirs. False: nothing can be done now. Holds the
-- row of the erasure, and then either live_runs in their order or what delete_runs takes, never both.
create function durable.erase_piece(p_limit int) returns boolean language plpgsql as $$
declare
  e durable.erasures;
  v_id uuid[];
begin
  select * into e from durable.erasures x where x.ended_at is null and x.look_at <= clock_timestamp() order by x.look_at limit 1
    for update skip locked;
  if not found then
    return false;
  end if;
  if e.status <> 'erasing' then
    perform durable.find_owned(e, p_limit);
    return true;
  end if;

  v_id := array(select i.id from durable.erasure_items i
    where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.state <> 'gone'
      and durable.is_settled(e.workspace_id, i.id) order by i.id limit p_limit);
  if v_id <> '{}' then
    perform durable.forget_messages(e.workspace_id, v_id);
    delete from durable.webhook_deliveries d where d.workspace_id = e.workspace_id and d.run_id = any (v_id);
    update durable.erasures x set runs = x.runs + durable.delete_runs(e.workspace_id, v_id) where x.workspace_id = e.workspace_id and x.id = e.id;
    update durable.erasure_items i set state = 'gone' from unnest(v_id) as k(id)
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.id = k.id;
    return true;
  end if;

  v_id := array(select i.id from durable.erasure_items i
    where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.state = 'waiting' and e.cancels order by i.id limit 20);
  if v_id <> '{}' then
    perform durable.cancel_run(e.workspace_id, k.id, e.actor, 'it is erased') from (select id from unnest(v_id) as id order by id) as k;
    update durable.erasure_items i set state = 'ending' from unnest(v_id) as k(id)
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.id = k.id;
    return true;
  end if;

  if exists (select 1 from durable.erasure_items i
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.state <> 'gone') then
    update durable.erasures x set look_at = clock_timestamp() + interval '500 milliseconds' where x.workspace_id = e.workspace_id and x.id = e.id;
    return false;
  end if;

  v_id := array(select i.id from durable.erasure_items i
    where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event' and i.state <> 'gone'
      and not exists (select 1 from durable.event_obligations o where o.workspace_id = e.workspace_id and o.event_id = i.id)
      and not durable.is_event_needed(e.workspace_id, i.id)
      and not exists (select 1 from durable.runs r where r.workspace_id = e.workspace_id and r.origin_run_id is not null and r.event_id = i.id)
    order by i.id limit p_limit);
  if v_id <> '{}' then
    update durable.erasures x set events = x.events + durable.delete_events(e.workspace_id, v_id) where x.workspace_id = e.workspace_id and x.id = e.id;
    update durable.erasure_items i set state = 'gone' from unnest(v_id) as k(id)
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event' and i.id = k.id;
    return true;
  end if;

  -- Ids come from the clocks of engines, which differ by less than a minute. An event that is left has been made a run of since.
  if e.alive or exists (select 1 from durable.erasure_items i
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event' and i.state <> 'gone') then
    update durable.erasures x
      set status = 'runs', alive = false, round_at = durable.durable_now(), look_at = clock_timestamp() + interval '500 milliseconds',
          run_id = durable.first_id(x.round_at - interval '1 minute'), event_id = durable.first_id(x.round_at - interval '1 minute')
      where x.workspace_id = e.workspace_id and x.id = e.id;
    return true;
  end if;
  perform durable.forget_keys(e.workspace_id, e.id, e.value);
  perform durable.end_erasure(e, 'completed');
  return true;
end $$;

-- It is written down; any engine does it.
create function durable.begin_erasure(p_workspace int, p_id uuid, p_path text[], p_value text, p_cancels boolean, p_preview boolean, p_actor text, p_reason text)
returns void language plpgsql as $$
declare
  v_zero constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  insert into durable.erasures (workspace_id, id, path, value, cancels, preview, status, run_id, event_id, round_at, actor, reason, look_at, created_at)
    values (p_workspace, p_id, p_path, p_value, p_cancels, p_preview, 'runs', v_zero, v_zero, durable.durable_now(), p_actor, p_reason,
      clock_timestamp(), durable.durable_now());
  if not p_preview then
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (p_workspace, p_actor, 'erase.begin', p_id::text,
        json_strip_nulls(json_build_object('path', array_to_string(p_path, '.'), 'cancels', p_cancels, 'reason', p_reason))::text);
  end if;
end $$;

-- One that was a mistake can be called off, as long as nothing is gone and nobody was cancelled for it. Answers the status, or null for an
-- id that is none here: `aborted` when it is; of one that is over, or has begun to delete, what it is. Holds the row of the erasure, as
-- each of its pieces does, so it is aborted between two pieces or not at all.
create function durable.abort_erasure(p_workspace int, p_id uuid, p_actor text, p_reason text) returns text language plpgsql as $$
declare
  e durable.erasures;
begin
  select * into e from durable.erasures x where x.workspace_id = p_workspace and x.id = p_id for update;
  if not found or e.ended_at is not null then
    return e.status;
  end if;
  -- Of another round too: what went in the first is gone.
  if e.runs + e.events > 0 or exists (select 1 from durable.erasure_items i
      where i.workspace_id = p_workspace and i.erasure_id = p_id and i.state <> 'waiting') then
    return 'erasing';
  end if;
  perform durable.end_erasure(e, 'aborted');
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'erase.abort', p_id::text, json_strip_nulls(json_build_object('reason', p_reason))::text);
  return 'aborted';
end $$;
