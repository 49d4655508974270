-- Children: runs that another run started, by `invoke` (it waits for the result) or `spawn` (it does not). A commit never
-- locks a second run, so what the end of one run means to others is written down as an obligation in that commit, and a
-- loop works it off. Repeating is harmless: an entry settles once, a run ends once.
--
-- A child may belong to another app of the same environment (decision 0053). Its row is its own workspace's, as is all that
-- it owes and is owed; the parent's is named beside the parent's run. Nothing else joins two workspaces.

-- Immutable, written in the parent's commit that starts the child.
create table durable.children (
  workspace_id int not null,
  run_id uuid not null,                      -- the child
  parent_workspace_id int not null,
  parent_run_id uuid not null,
  parent_step_id uuid not null,              -- all zeros for on-failure
  kind text not null,                        -- invoke | spawn | on-failure: it was started because its parent had failed
  on_cancel text not null,                   -- cascade | abandon: when its parent is cancelled or waits for it no longer
  depth int not null,                        -- parents above it; 1 is a child of a run that has none
  primary key (workspace_id, run_id)
);
create index children_by_parent on durable.children (parent_workspace_id, parent_run_id, parent_step_id);

-- A caller: an app that may invoke functions of this one, in the same environment. Who is not here may not, and cannot tell
-- whether there is anything here.
create table durable.callers (
  workspace_id int not null,
  app text not null,                         -- the caller; it may still come
  functions text[] not null,                 -- of this app, with `*`
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  primary key (workspace_id, app)
);

-- Obligation: this child has ended, and its parent has not been told.
create table durable.child_ends (
  workspace_id int not null,
  run_id uuid not null,
  primary key (workspace_id, run_id)
);

-- Obligation: this run shall be cancelled.
create table durable.cascades (
  workspace_id int not null,
  run_id uuid not null,
  reason text,                               -- null: it is a child that nobody wants any more
  primary key (workspace_id, run_id)
);

-- From this commit on: whoever commits a call that was decided before finds another version of the registry, and looks again.
create function durable.allow_caller(p_workspace int, p_caller text, p_functions text[], p_actor text, p_reason text) returns void
language plpgsql as $$
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.callers as c (workspace_id, app, functions, created_by) values (p_workspace, p_caller, p_functions, p_actor)
    on conflict (workspace_id, app) do update set functions = excluded.functions;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'caller.allow', p_caller,
    json_strip_nulls(json_build_object('functions', p_functions, 'reason', p_reason))::text);
end $$;

-- What it has invoked already goes on. False: it is none.
create function durable.remove_caller(p_workspace int, p_caller text, p_actor text) returns boolean
language plpgsql as $$
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  delete from durable.callers c where c.workspace_id = p_workspace and c.app = p_caller;
  if not found then
    return false;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'caller.remove', p_caller, null);
  return true;
end $$;

-- The child's event and run come with the commit's other events. f_data: {"run", "kind", "on_cancel", "depth"}, and of a child that
-- belongs to another workspace than its parent that "workspace", with the "version" of its registry that allowed it. Who takes a
-- caller away holds that row until it is done, and here it is held for share to the end: what is committed after it was taken away
-- was decided after it, too. A commit that comes too late fails as a conflict; repeated, it finds out by itself that it is stale.
create function durable.effect_child(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language plpgsql as $$
begin
  if '{}' <> array(select 1 from unnest(f_data) as d where d::json ->> 'workspace' is not null) then
    perform durable.hold_registries(f_data);
  end if;
  insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select coalesce((d ->> 'workspace')::int, f_workspace[q]), (d ->> 'run')::uuid, f_workspace[q], f_run[q], f_step[q],
      d ->> 'kind', d ->> 'on_cancel', (d ->> 'depth')::int
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::json as d) as parsed;
end $$;

create function durable.hold_registries(f_data text[]) returns void
language plpgsql as $$
begin
  perform 1 from durable.workspaces w
    where w.id in (select (d::json ->> 'workspace')::int from unnest(f_data) as d) order by w.id for share;
  -- A statement of its own: it sees what was committed while the rows were waited for.
  if exists (select 1 from unnest(f_data) as d join durable.workspaces w on w.id = (d::json ->> 'workspace')::int
      where w.registry_version <> (d::json ->> 'version')::int) then
    raise exception 'the functions of another app changed' using errcode = 'serialization_failure';
  end if;
end $$;

-- The step of the parent, as people and apps write it; null when the parent started it by failing.
create function durable.step_of(p_child durable.children) returns text
language sql immutable as $$ select case when p_child.kind <> 'on-failure' then replace(p_child.parent_step_id::text, '-', '') end $$;

-- The app of a child for who looks at its parent, and of a parent for who looks at its child; null where it is the same.
create function durable.app_beside(p_own int, p_other int) returns text
language sql stable as $$ select w.app from durable.workspaces w where p_other <> p_own and w.id = p_other $$;

-- Whether the run, or one that it descends from, was started by an event whose name begins so.
create function durable.stems_from(p_workspace int, p_run uuid, p_prefix text) returns boolean
language sql stable as $$
  with recursive line(workspace, run) as (
    select p_workspace, p_run union all
    select c.parent_workspace_id, c.parent_run_id from line
    join durable.children c on c.workspace_id = line.workspace and c.run_id = line.run
  )
  select exists (
    select 1 from line join durable.runs r on r.workspace_id = line.workspace and r.id = line.run
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    where starts_with(e.name, p_prefix))
$$;

-- A version 7 UUID, as the engine makes them: ids of runs and events are in the order of time.
create function durable.new_id() returns uuid
language sql volatile as $$
  select (lpad(to_hex((extract(epoch from durable.durable_now()) * 1000)::bigint), 12, '0')
    || '7' || substr(r, 2, 3) || to_hex(8 + (('x' || substr(r, 5, 1))::bit(4)::int & 3)) || substr(r, 6, 15))::uuid
  from (select replace(gen_random_uuid()::text, '-', '') as r) as random
$$;

create function durable.time_of_id(p_id uuid) returns timestamptz
language sql immutable as $$ select to_timestamp(('x' || left(replace(p_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) $$;

-- The step that a failure names: JSON text as the app wrote it.
create function durable.step_of_failure(p_failure text) returns uuid
language sql stable as $$
  select case when p_failure::json ->> 'step' ~ '^[0-9a-f]{32}$' then (p_failure::json ->> 'step')::uuid end
$$;

-- The step that the failure of a run comes from, as JSON text.
create function durable.failed_step(p_run durable.runs) returns text
language sql stable as $$
  select coalesce((
    select json_build_object('id', replace(s.step_id::text, '-', ''), 'name', s.name)::text from durable.steps s
    where s.workspace_id = p_run.workspace_id and s.run_id = p_run.id
      and s.step_id = durable.step_of_failure(p_run.failure)), 'null')
$$;

-- What runs that come of a run's end, and of no dispatch, have as their caller: the run itself, in the trace that it is in.
-- As trace-context.ts has it.
create function durable.run_traceparent(p_run durable.runs, p_event durable.events) returns text
language sql immutable as $$
  select '00-' || coalesce(substr(p_event.traceparent, 4, 32), replace(p_run.id::text, '-', '')) || '-'
    || right(replace(p_run.id::text, '-', ''), 16) || '-' || coalesce(right(p_event.traceparent, 2), '01')
$$;

-- The handlers of runs that have just failed, as runs of their own. Those of a handler have none: nothing fails for ever.
create function durable.start_on_failure(p_workspace int[], p_run uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
declare
  v_workspace int[]; v_function text[]; v_version int[]; v_data text[]; v_depth int[]; v_failed uuid[];
  v_id uuid[]; v_trace text[];
  v_count int;
begin
  select array_agg(r.workspace_id), array_agg(h.id), array_agg(h.version), array_agg(r.id), array_agg(coalesce(c.depth, 0) + 1),
      array_agg(durable.new_id()),
      array_agg('{"run":{"id":"' || r.id || '","started_at":"' || durable.rfc3339(durable.time_of_id(r.id)) || '"},"function":'
        || to_json(r.function_id)::text || ',"event":' || durable.event_json(e) || ',"error":' || coalesce(r.failure, 'null') || ',"step":'
        || durable.failed_step(r) || '}'), array_agg(durable.run_traceparent(r, e))
    into v_workspace, v_function, v_version, v_failed, v_depth, v_id, v_data, v_trace
    from unnest(p_workspace, p_run) as p(workspace, run)
    join durable.runs r on r.workspace_id = p.workspace and r.id = p.run and r.status = 'failed'
    join durable.functions f on f.workspace_id = r.workspace_id and f.id = r.function_id
    join durable.functions h on h.workspace_id = r.workspace_id and h.id = f.manifest::json ->> 'on_failure' and h.removed_at is null
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    left join durable.children c on c.workspace_id = r.workspace_id and c.run_id = r.id
    where c.kind is distinct from 'on-failure';
  if v_id is null then
    return;
  end if;
  v_count := cardinality(v_id);
  insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select h.workspace, h.id, h.workspace, h.failed, '00000000-0000-0000-0000-000000000000', 'on-failure', 'abandon', h.depth
    from unnest(v_workspace, v_id, v_failed, v_depth) as h(workspace, id, failed, depth);
  perform durable.accept_events(null, '{}', '{}', array_fill(1, array[v_count]), v_workspace, v_id,
    array_fill(null::text, array[v_count]), array_fill(null::uuid, array[v_count]),
    array_fill('durable.on-failure'::text, array[v_count]), v_data, array_fill(null::float8, array[v_count]),
    (select array_agg(n) from generate_series(1, v_count) as n), v_function, v_version, v_id,
    array_fill(null::uuid, array[v_count]), e_trace => v_trace);
end $$;

-- What ends of runs owe to other runs, in the commit that ends them, whatever ended them: a child that is waited for owes
-- its parent the result. A run that failed may have a handler for that, and any end somebody who listens for it.
create function durable.owe_ends(p_workspace int[], p_run uuid[]) returns void
language plpgsql as $$
#variable_conflict use_column
begin
  insert into durable.child_ends (workspace_id, run_id)
    select c.workspace_id, c.run_id from unnest(p_workspace, p_run) as p(workspace, run)
    join durable.children c on c.workspace_id = p.workspace and c.run_id = p.run
    where c.kind = 'invoke' on conflict do nothing;
  perform durable.start_on_failure(p_workspace, p_run);
  perform durable.owe_end_events(p_workspace, p_run);
end $$;

-- These children were not started: their events became no runs of their own. The id of a child is its event's.
create function durable.tell_of_skips(p_workspace int[], p_event uuid[]) returns void
language sql volatile as $$
  insert into durable.child_ends (workspace_id, run_id)
    select c.workspace_id, c.run_id from unnest(p_workspace, p_event) as p(workspace, event)
    join durable.children c on c.workspace_id = p.workspace and c.run_id = p.event
    where c.kind = 'invoke' on conflict do nothing
$$;

-- A cancelled run takes along the children it spawned; those it waits for go with their entries (close_entries).
create function durable.cascade_spawned(p_workspace int, p_run uuid) returns void
language sql volatile as $$
  insert into durable.cascades (workspace_id, run_id)
    select c.workspace_id, c.run_id from durable.children c
    where c.parent_workspace_id = p_workspace and c.parent_run_id = p_run and c.kind = 'spawn' and c.on_cancel = 'cascade'
    on conflict do nothing
$$;

-- Nobody waits for the children of these entries any more.
create function durable.drop_children(p_workspace int[], p_run uuid[], p_step uuid[]) returns void
language sql volatile as $$
  insert into durable.cascades (workspace_id, run_id)
    select c.workspace_id, c.run_id from unnest(p_workspace, p_run, p_step) as p(workspace, run, step)
    join durable.children c on c.parent_workspace_id = p.workspace and c.parent_run_id = p.run and c.parent_step_id = p.step
    where c.on_cancel = 'cascade' on conflict do nothing
$$;

-- Tell parents how their children ended. An entry that is settled or cancelled by now stays as it is. Answers how many
-- obligations it took.
create function durable.settle_child_ends(p_limit int) returns int
language plpgsql as $$
#variable_conflict use_column
declare
  q_workspace int[]; q_run uuid[];
begin
  select array_agg(o.workspace_id), array_agg(o.run_id) into q_workspace, q_run
    from (select * from durable.child_ends order by workspace_id, run_id limit p_limit) as o;
  if q_run is null then
    return 0;
  end if;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (
      select c.parent_workspace_id, c.parent_run_id from unnest(q_workspace, q_run) as q(workspace, run)
      join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run)
    order by l.workspace_id, l.run_id for update;
  perform durable.settle_entries(array_agg(e.parent_workspace_id), array_agg(e.parent_run_id), array_agg(e.parent_step_id),
      array_agg(e.output), array_agg(null::uuid), array_agg(e.failure))
    from (
      select c.parent_workspace_id, c.parent_run_id, c.parent_step_id, r.output,
        case when r.id is null then durable.child_failure('ChildSkippedError', coalesce((
            select k.detail from durable.skips k where k.workspace_id = c.workspace_id and k.event_id = c.run_id order by k.id limit 1),
            'It became part of another run.'))
          when r.status = 'failed' then r.failure
          when r.status = 'cancelled' then durable.child_failure('ChildCancelledError',
            'Run ' || r.id || ' of "' || r.function_id || '" was cancelled.') end as failure
      from unnest(q_workspace, q_run) as q(workspace, run)
      join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run
      left join durable.runs r on r.workspace_id = q.workspace and r.id = q.run
      order by r.ended_at, c.run_id) as e having count(*) > 0;
  delete from durable.child_ends o using unnest(q_workspace, q_run) as q(workspace, run)
    where o.workspace_id = q.workspace and o.run_id = q.run;
  return cardinality(q_run);
end $$;

create function durable.child_failure(p_name text, p_message text) returns text
language sql immutable as $$ select json_build_object('name', p_name, 'message', p_message, 'retry', false)::text $$;

-- Cancel children that nobody wants any more; their own ends owe the next generation. Answers how many obligations it
-- took.
create function durable.cancel_cascades(p_limit int) returns int
language plpgsql as $$
#variable_conflict use_column
declare
  q_workspace int[]; q_run uuid[]; q_reason text[];
  v_child record;
begin
  select array_agg(o.workspace_id), array_agg(o.run_id), array_agg(o.reason) into q_workspace, q_run, q_reason
    from (select * from durable.cascades order by workspace_id, run_id limit p_limit) as o;
  if q_run is null then
    return 0;
  end if;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  for v_child in
    select q.workspace as workspace_id, q.run as run_id, q.reason, c.parent_run_id, coalesce(r.status, p.ending) as parent_status
    from unnest(q_workspace, q_run, q_reason) as q(workspace, run, reason)
    join durable.live_runs l on l.workspace_id = q.workspace and l.run_id = q.run
    left join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run
    left join durable.runs r on r.workspace_id = c.parent_workspace_id and r.id = c.parent_run_id
    left join durable.live_runs p on p.workspace_id = c.parent_workspace_id and p.run_id = c.parent_run_id
    order by q.workspace, q.run
  loop
    perform durable.cancel_run(v_child.workspace_id, v_child.run_id, 'engine', case when v_child.reason is not null then v_child.reason
      when v_child.parent_status in ('cancelled', 'cancelling') then 'its parent was cancelled: run ' || v_child.parent_run_id
      else 'its parent waits for it no longer: run ' || v_child.parent_run_id end);
  end loop;
  delete from durable.cascades o using unnest(q_workspace, q_run) as q(workspace, run)
    where o.workspace_id = q.workspace and o.run_id = q.run;
  return cardinality(q_run);
end $$;
