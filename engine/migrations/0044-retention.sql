-- What is over goes after a while, and so that nobody notices (decision 0043).
--
--     ids are times:   | p1 | p2 | p3 | p4 | p5 | p6 | p7 | p8 |
--                        ^ past the longest retention: dropped as a whole; what stays of it moves to `default`
--                             ^ past the retention of one workspace: deleted there, a few at a time
--                                                    now ^      ^ made ahead
--
-- A run stays while it lives, and its workspace's retention from its end. Its steps, attempts and logs stay with it, and so
-- does the event that it was made of; other events stay for the retention from when they were accepted.

alter table durable.workspaces add column retention_days int not null default 30 check (retention_days between 1 and 3650);

-- How far each workspace was walked in this round, and what was deleted in it since it was made, one by one.
create table durable.retention_walks (
  workspace_id int primary key,
  run_id uuid not null,                      -- walked up to here; zeros: from the beginning
  event_id uuid not null,
  runs bigint not null,
  events bigint not null,
  walked_at timestamptz                      -- when the last whole round was over
);

-- The tables of the five that hold these times. What has no partition of its own is in their defaults.
create table durable.partitions (
  no int primary key,
  from_at timestamptz not null,
  to_at timestamptz not null,
  state text not null,                       -- open | crowded (much of it stays: it is emptied by deletes) | none (never made) | dropped | swept
  runs bigint,                               -- that it had when it was dropped, and how many of them stayed
  runs_kept int,
  events_kept int,
  looked_at timestamptz,                     -- when it was found crowded
  dropped_at timestamptz,
  swept_at timestamptz,                      -- when the last row of other tables was deleted that belonged to them
  -- Ids of clients have no order: they are walked.
  walked_workspace int not null default 0,
  walked_id text not null default ''
);

-- By the id of their run, so of them too nothing is left of a run that is gone. Those that only live runs have are not here.
create function durable.tables_of_runs() returns text[] language sql immutable as $$
  select array['children', 'collected_events', 'compensations', 'detours', 'folded_steps', 'given_back', 'inputs', 'limit_waits',
    'placements', 'repairs', 'run_deployments', 'run_errors', 'run_states', 'run_terms', 'taken_events']
$$;

-- In the order in which they are locked.
create function durable.partitioned() returns text[] language sql immutable as $$
  select array['events', 'runs', 'steps', 'attempts', 'logs']
$$;

-- The least id of this instant.
create function durable.first_id(p_at timestamptz) returns uuid language sql immutable as $$
  select (lpad(to_hex(greatest(0, floor(extract(epoch from p_at) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

create function durable.longest_retention() returns interval language sql stable as $$
  select coalesce(max(w.retention_days), 30) * interval '1 day' from durable.workspaces w
$$;

-- Names of a partition's indexes say which they are: runs_p7_by_function.
create function durable.name_indexes(p_table text, p_partition text) returns void language plpgsql as $$
declare
  v_index record;
begin
  for v_index in
    select c.relname as name, regexp_replace(p.relname, '^' || p_table, p_partition) as wanted
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    join pg_index x on x.indexrelid = c.oid
    where x.indrelid = ('durable.' || p_partition)::regclass
  loop
    if v_index.name <> v_index.wanted then
      execute format('alter index durable.%I rename to %I', v_index.name, v_index.wanted);
    end if;
  end loop;
end $$;
select durable.name_indexes(t, t || '_default') from unnest(durable.partitioned()) as t;

-- One partition more, if there are not two ahead: so wide that there are about eight of them. False: there are enough, or another
-- engine is at it. Waits for statements under way for a tenth of a second per table at most (others wait behind it); else it fails, and is
-- asked again. While there is none, rows go into the default, and are kept there.
create function durable.make_partition() returns boolean language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_days int := greatest(1, ceil(extract(epoch from durable.longest_retention()) / 86400 / 5))::int;
  v_from timestamptz;
  v_to timestamptz;
  v_no int;
  v_state text := 'open';
  v_table text;
  v_is_taken boolean;
begin
  if not pg_try_advisory_xact_lock(7302, 0) then
    return false;
  end if;
  select coalesce(max(p.no), 0) + 1, max(p.to_at) into v_no, v_from from durable.partitions p;
  if v_from > v_now + 2 * v_days * interval '1 day' then
    return false;
  end if;
  -- A day begins at midnight UTC, whatever zone the server is in. After a gap (no engine ran) it begins anew today.
  v_from := greatest(coalesce(v_from, '-infinity'), date_trunc('day', v_now, 'UTC'));
  v_to := v_from + v_days * interval '1 day';
  perform set_config('lock_timeout', '100', true);
  foreach v_table in array durable.partitioned() loop
    execute format('lock table only durable.%I in access exclusive mode', v_table);
    -- Rows that came while there was none stay where they are: so does their time.
    execute format('select exists (select 1 from durable.%I where %I >= $1 and %2$I < $2)', v_table || '_default',
      case when v_table in ('events', 'runs') then 'id' else 'run_id' end)
      into v_is_taken using durable.first_id(v_from), durable.first_id(v_to);
    if v_is_taken then
      v_state := 'none';
    end if;
  end loop;
  insert into durable.partitions (no, from_at, to_at, state) values (v_no, v_from, v_to, v_state);
  if v_state = 'open' then
    foreach v_table in array durable.partitioned() loop
      execute format('create table durable.%I partition of durable.%I for values from (%L) to (%L)', v_table || '_p' || v_no, v_table,
        durable.first_id(v_from), durable.first_id(v_to));
      perform durable.name_indexes(v_table, v_table || '_p' || v_no);
    end loop;
  end if;
  return true;
end $$;

-- Whether an event is still needed that is older than its workspace's retention: a run is left that was made of it.
create function durable.is_event_needed(p_workspace int, p_event uuid) returns boolean language sql stable as $$
  select exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.event_id = p_event and r.id between
      (left(p_event::text, 19) || '8000-000000000000')::uuid and (left(p_event::text, 19) || 'bfff-ffffffffffff')::uuid)
    or exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = p_event)
    or exists (select 1 from durable.collected_events c join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
      where c.workspace_id = p_workspace and c.event_id = p_event)
    or exists (select 1 from durable.skips s join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.started_run
      where s.workspace_id = p_workspace and s.event_id = p_event)
$$;

-- Drops the oldest partition when all of it is past the longest retention. Null: there is none, or another engine is at it.
-- dropped | crowded (more rows stay than p_rows_max: it is emptied by deletes from now on, and dropped when they are few enough)
-- | again (a run came into it meanwhile). What stays moves to the defaults in the same transaction, so nobody ever misses it.
-- Reads it as a whole before it takes any lock. Then as make_partition: a tenth of a second, or it fails and is asked again.
create function durable.drop_partition(p_rows_max int) returns text language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_part durable.partitions;
  v_from uuid;
  v_to uuid;
  v_workspace int[] := '{}'; v_run uuid[] := '{}';           -- runs that stay
  v_event_workspace int[] := '{}'; v_event uuid[] := '{}';   -- events that do
  v_steps bigint;
  v_runs bigint;
  v_table text;
  v_is_run boolean;
begin
  if not pg_try_advisory_xact_lock(7302, 0) then
    return null;
  end if;
  select * into v_part from durable.partitions p
    where (p.state = 'open' or p.state = 'crowded' and p.looked_at < v_now - interval '1 hour')
      and p.to_at <= v_now - durable.longest_retention()
    order by p.no limit 1;
  if not found then
    return null;
  end if;
  v_from := durable.first_id(v_part.from_at);
  v_to := durable.first_id(v_part.to_at);
  perform set_config('enable_seqscan', 'on', true);
  execute format($q$
    select count(*), coalesce(array_agg(q.workspace_id) filter (where q.stays), '{}'), coalesce(array_agg(q.id) filter (where q.stays), '{}') from (
      select r.workspace_id, r.id, r.ended_at is null or r.ended_at >= $1 - w.retention_days * interval '1 day' as stays
      from durable.%I r join durable.workspaces w on w.id = r.workspace_id) as q $q$, 'runs_p' || v_part.no)
    into v_runs, v_workspace, v_run using v_now;
  execute format($q$
    select count(*) from (select 1 from unnest($1, $2) as k(workspace, run)
      join durable.%I s on s.workspace_id = k.workspace and s.run_id = k.run limit $3) as q $q$, 'steps_p' || v_part.no)
    into v_steps using v_workspace, v_run, p_rows_max + 1;
  execute format($q$
    select coalesce(array_agg(q.workspace_id), '{}'), coalesce(array_agg(q.id), '{}') from (
      select e.workspace_id, e.id from durable.%I e join durable.workspaces w on w.id = e.workspace_id
        where e.received_at >= $1 - w.retention_days * interval '1 day'
      union
      select r.workspace_id, r.event_id from unnest($2, $3) as k(workspace, run) join durable.runs r on r.workspace_id = k.workspace and r.id = k.run
        where r.event_id >= $4 and r.event_id < $5
      union
      select r.workspace_id, r.event_id from durable.runs_default r where r.event_id >= $4 and r.event_id < $5
      union
      select r.workspace_id, r.event_id from durable.runs r where r.origin_run_id is not null and r.event_id >= $4 and r.event_id < $5
        and not (r.id >= $4 and r.id < $5)
      union
      select c.workspace_id, c.event_id from durable.collected_events c join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
        where c.event_id >= $4 and c.event_id < $5 and (r.id < $4 or r.id >= $5 or r.id = any ($3))
      union
      select s.workspace_id, s.event_id from durable.skips s join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.started_run
        where s.event_id >= $4 and s.event_id < $5 and (r.id < $4 or r.id >= $5 or r.id = any ($3))) as q $q$, 'events_p' || v_part.no)
    into v_event_workspace, v_event using v_now, v_workspace, v_run, v_from, v_to;
  if v_steps + cardinality(v_run) + cardinality(v_event) > p_rows_max then
    update durable.partitions p set state = 'crowded', looked_at = v_now where p.no = v_part.no;
    return 'crowded';
  end if;

  perform set_config('enable_seqscan', 'off', true);
  perform set_config('lock_timeout', '100', true);
  foreach v_table in array durable.partitioned() loop
    execute format('lock table only durable.%I in access exclusive mode', v_table);
  end loop;
  -- Ids come from the clocks of engines. Nobody can begin a run there any more from here on.
  perform 1 from durable.workspaces w cross join lateral (
    select 1 from durable.live_runs l where l.workspace_id = w.id and l.run_id >= v_from and l.run_id < v_to and l.run_id <> all (v_run) limit 1) as x;
  if found then
    return 'again';
  end if;
  foreach v_table in array durable.partitioned() loop
    v_is_run := v_table <> 'events';
    execute format('alter table durable.%I detach partition durable.%I', v_table, v_table || '_p' || v_part.no);
    execute format($q$
      insert into durable.%I overriding system value select p.* from unnest($1, $2) as k(workspace, id)
        join durable.%I p on p.workspace_id = k.workspace and p.%I = k.id $q$, v_table, v_table || '_p' || v_part.no,
        case when v_table in ('events', 'runs') then 'id' else 'run_id' end)
      using case when v_is_run then v_workspace else v_event_workspace end, case when v_is_run then v_run else v_event end;
    execute format('drop table durable.%I', v_table || '_p' || v_part.no);
  end loop;
  update durable.partitions p
    set state = 'dropped', dropped_at = v_now, runs = v_runs, runs_kept = cardinality(v_run), events_kept = cardinality(v_event)
    where p.no = v_part.no;
  return 'dropped';
end $$;

-- Deletes what other tables have of the runs and events of a dropped partition, so many rows at most (and looks at ten times as many
-- ids of clients). Null: nothing is left to do. Nobody waits for it but who sends an id again that is past its retention.
create function durable.sweep_dropped(p_limit int) returns int language plpgsql as $$
declare
  v_part durable.partitions;
  v_from uuid;
  v_to uuid;
  v_table text;
  v_count int;
  v_gone int := 0;
  v_workspace int[]; v_client text[];
begin
  select * into v_part from durable.partitions p where p.state = 'dropped' order by p.no limit 1 for update skip locked;
  if not found then
    return null;
  end if;
  v_from := durable.first_id(v_part.from_at);
  v_to := durable.first_id(v_part.to_at);
  foreach v_table in array durable.tables_of_runs() loop
    execute format($q$
      delete from durable.%I t where t.ctid = any (array(
        select x.ctid from durable.workspaces w cross join lateral (
          select x.ctid from durable.%1$I x where x.workspace_id = w.id and x.run_id >= $1 and x.run_id < $2
            and not exists (select 1 from durable.runs r where r.workspace_id = w.id and r.id = x.run_id) limit $3) as x limit $3)) $q$, v_table)
      using v_from, v_to, p_limit - v_gone;
    get diagnostics v_count = row_count;
    v_gone := v_gone + v_count;
  end loop;
  delete from durable.skips t where t.ctid = any (array(
    select x.ctid from durable.workspaces w cross join lateral (
      select x.ctid from durable.skips x where x.workspace_id = w.id and x.event_id >= v_from and x.event_id < v_to
        and not exists (select 1 from durable.events e where e.workspace_id = w.id and e.id = x.event_id) limit p_limit - v_gone) as x limit p_limit - v_gone));
  get diagnostics v_count = row_count;
  v_gone := v_gone + v_count;
  select array_agg(k.workspace_id order by k.workspace_id, k.client_id), array_agg(k.client_id order by k.workspace_id, k.client_id)
    into v_workspace, v_client from (
      select i.workspace_id, i.client_id from durable.event_ids i
      where (i.workspace_id, i.client_id) > (v_part.walked_workspace, v_part.walked_id)
      order by i.workspace_id, i.client_id limit 10 * p_limit) as k;
  delete from durable.event_ids i using unnest(v_workspace, v_client) as k(workspace, client)
    where i.workspace_id = k.workspace and i.client_id = k.client and i.event_id >= v_from and i.event_id < v_to
      and not exists (select 1 from durable.events e where e.workspace_id = i.workspace_id and e.id = i.event_id);
  get diagnostics v_count = row_count;
  v_gone := v_gone + v_count;
  v_count := coalesce(cardinality(v_client), 0);
  if v_gone = 0 and v_count < 10 * p_limit then
    update durable.partitions p set state = 'swept', swept_at = durable.durable_now(), walked_id = '' where p.no = v_part.no;
  elsif v_count > 0 then
    update durable.partitions p set walked_workspace = v_workspace[v_count], walked_id = v_client[v_count] where p.no = v_part.no;
  end if;
  return v_gone;
end $$;

-- Deletes ended runs with all that is theirs. Those that live are passed over. Answers how many. The caller has no other lock.
create function durable.delete_runs(p_workspace int, p_run uuid[]) returns int language plpgsql as $$
declare
  v_run uuid[];
  v_table text;
begin
  -- A rerun takes the row of its first origin, and reads what it keeps: it is waited for.
  select array_agg(q.id) into v_run from (
    select r.id from durable.runs r where r.workspace_id = p_workspace and r.id = any (p_run) and r.ended_at is not null
      and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = r.id)
    order by r.id for update of r) as q;
  if v_run is null then
    return 0;
  end if;
  foreach v_table in array durable.tables_of_runs() || array['steps', 'attempts', 'logs'] loop
    execute format('delete from durable.%I t using unnest($2) as k(run) where t.workspace_id = $1 and t.run_id = k.run', v_table)
      using p_workspace, v_run;
  end loop;
  delete from durable.runs r using unnest(v_run) as k(run) where r.workspace_id = p_workspace and r.id = k.run;
  return cardinality(v_run);
end $$;

-- Deletes events of ids, with what says of them that they were sent and started nothing. Answers how many.
create function durable.delete_events(p_workspace int, p_event uuid[]) returns int language plpgsql as $$
declare
  v_count int;
begin
  delete from durable.skips s using unnest(p_event) as k(event) where s.workspace_id = p_workspace and s.event_id = k.event;
  with gone as (
    delete from durable.events e using unnest(p_event) as k(event) where e.workspace_id = p_workspace and e.id = k.event
      returning e.id, e.client_id),
  named as (
    delete from durable.event_ids i using gone g where i.workspace_id = p_workspace and i.client_id = g.client_id and i.event_id = g.id)
  select count(*) into v_count from gone;
  return v_count;
end $$;

-- One piece of one workspace's walk: looks at so many runs and events, oldest first, and deletes those past its retention. A workspace that
-- keeps the longest leaves partitions alone that will be dropped. Null: each workspace was walked in this minute, or another engine is
-- at it; else how many were looked at.
create function durable.sweep_workspace(p_limit int) returns int language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_workspace durable.workspaces;
  v_walk durable.retention_walks;
  v_cutoff timestamptz;
  v_to uuid;
  v_run uuid[]; v_ended uuid[];
  v_event uuid[]; v_old uuid[];
  v_needed uuid[];
  v_zero constant uuid := '00000000-0000-0000-0000-000000000000';
  v_is_last boolean;
begin
  if not pg_try_advisory_xact_lock(7302, 1) then
    return null;
  end if;
  insert into durable.retention_walks (workspace_id, run_id, event_id, runs, events)
    select w.id, v_zero, v_zero, 0, 0 from durable.workspaces w
    where not exists (select 1 from durable.retention_walks k where k.workspace_id = w.id) on conflict do nothing;
  select * into v_walk from durable.retention_walks k
    where k.walked_at is null or k.walked_at < clock_timestamp() - interval '1 minute' or k.run_id <> v_zero or k.event_id <> v_zero
    order by k.walked_at nulls first, k.workspace_id limit 1 for update;
  if not found then
    return null;
  end if;
  select * into v_workspace from durable.workspaces w where w.id = v_walk.workspace_id;
  v_cutoff := v_now - v_workspace.retention_days * interval '1 day';
  v_to := durable.first_id(case when v_workspace.retention_days * interval '1 day' < durable.longest_retention() then v_cutoff
    else least(v_cutoff, (select min(p.from_at) from durable.partitions p where p.state = 'open')) end);

  select coalesce(array_agg(q.id order by q.id), '{}'), coalesce(array_agg(q.id) filter (where q.ended_at < v_cutoff), '{}')
    into v_run, v_ended from (
      select r.id, r.ended_at from durable.runs r where r.workspace_id = v_walk.workspace_id and r.id > v_walk.run_id and r.id < v_to
      order by r.id limit p_limit) as q;
  v_walk.runs := v_walk.runs + durable.delete_runs(v_walk.workspace_id, v_ended);

  select coalesce(array_agg(q.id order by q.id), '{}'), coalesce(array_agg(q.id) filter (where q.received_at < v_cutoff), '{}')
    into v_event, v_old from (
      select e.id, e.received_at from durable.events e where e.workspace_id = v_walk.workspace_id and e.id > v_walk.event_id and e.id < v_to
      order by e.id limit p_limit) as q;
  -- Reruns stand anywhere and keep the event of their origin; they are few, and have an index of their own.
  if cardinality(v_old) > 0 then
    v_needed := array(select r.event_id from durable.runs r where r.workspace_id = v_walk.workspace_id and r.origin_run_id is not null
      and r.event_id between v_event[1] and v_event[cardinality(v_event)]);
    v_walk.events := v_walk.events + durable.delete_events(v_walk.workspace_id, array(
      select o from unnest(v_old) as o where o <> all (v_needed) and not durable.is_event_needed(v_walk.workspace_id, o)));
  end if;

  v_is_last := cardinality(v_run) < p_limit and cardinality(v_event) < p_limit;
  update durable.retention_walks k
    set run_id = case when v_is_last then v_zero else coalesce(v_run[cardinality(v_run)], v_walk.run_id) end,
        event_id = case when v_is_last then v_zero else coalesce(v_event[cardinality(v_event)], v_walk.event_id) end,
        runs = v_walk.runs, events = v_walk.events, walked_at = case when v_is_last then clock_timestamp() else k.walked_at end
    where k.workspace_id = v_walk.workspace_id;
  return cardinality(v_run) + cardinality(v_event);
end $$;

-- How long a workspace keeps what is over. Answers what it was; null for an unknown one.
create function durable.set_retention(p_workspace int, p_actor text, p_days int, p_reason text) returns int language plpgsql as $$
declare
  v_before int;
begin
  select w.retention_days into v_before from durable.workspaces w where w.id = p_workspace for update;
  if v_before is null then
    return null;
  end if;
  update durable.workspaces w set retention_days = p_days where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'workspace.retention', 'workspace',
      json_strip_nulls(json_build_object('days', p_days, 'before', v_before, 'reason', p_reason))::text);
  return v_before;
end $$;

-- The first ones. The engine makes the others.
do $$ begin
  for i in 1 .. 8 loop
    exit when not durable.make_partition();
  end loop;
  perform set_config('lock_timeout', '0', true);
end $$;
