-- An event that would have started a function and did not, and why: what did not happen is explained. Reasons are
-- words of the engine (`schema`: its data does not fit the function's input), details are sentences for people.
create table durable.skips (
  workspace_id int not null,
  id uuid not null,                          -- in order of time
  event_id uuid not null,
  function_id text not null,
  reason text not null,
  detail text not null,
  run_id uuid,                               -- the run it went into, or that stood in its way
  facts text,                                -- JSON: the values that decided it
  started_run uuid,                          -- a person has run it anyway: once
  at timestamptz not null,
  primary key (workspace_id, id)
);
create index skips_by_event on durable.skips (workspace_id, event_id);

-- Of events that steps send: matched before the commit, so the skip comes with it. An event accepted before under
-- the same client's id was judged then. A child that is none is told to its parent. Its "workspace" is in the data where it is another
-- one than the sender's.
create function durable.effect_skip(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[])
returns void language plpgsql as $$
begin
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select coalesce((d ->> 'workspace')::int, f_workspace[q]), (d ->> 'id')::uuid, (d ->> 'event')::uuid, d ->> 'function',
      d ->> 'reason', d ->> 'detail', d ->> 'facts', durable.durable_now()
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::jsonb as d) as parsed
    where not exists (select 1 from durable.event_ids k
      where k.workspace_id = f_workspace[q] and k.client_id = d ->> 'client' and k.event_id <> (d ->> 'event')::uuid)
    on conflict do nothing;
  perform durable.tell_of_skips(array_agg(coalesce((f_data[q]::json ->> 'workspace')::int, f_workspace[q])),
      array_agg((f_data[q]::json ->> 'event')::uuid)) from generate_subscripts(f_run, 1) as q;
end $$;

-- An event by the id that people know it by: the sender's own, else the one it was given.
create function durable.event_by_id(p_workspace int, p_id text) returns uuid
language plpgsql stable as $$
declare
  v_id uuid;
begin
  select k.event_id into v_id from durable.event_ids k where k.workspace_id = p_workspace and k.client_id = p_id;
  if found then
    return v_id;
  elsif p_id ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    return p_id::uuid;
  end if;
  return null;
end $$;

-- What a run last said of itself by `step.setState`: shown while it goes on, and after its end.
create table durable.run_states (
  workspace_id int not null,
  run_id uuid not null,
  value text not null,                       -- JSON as received
  at timestamptz not null,
  primary key (workspace_id, run_id)
) with (fillfactor = 50);

-- The last one of a commit wins. The run's row is locked by the commit, so no other writer of it is under way.
create function durable.effect_state(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[])
returns void language plpgsql as $$
begin
  insert into durable.run_states as s (workspace_id, run_id, value, at)
    select distinct on (f_workspace[q], f_run[q]) f_workspace[q], f_run[q], f_data[q], durable.durable_now()
    from generate_subscripts(f_run, 1) as q
    order by f_workspace[q], f_run[q], q desc
    on conflict (workspace_id, run_id) do update set value = excluded.value, at = excluded.at;
end $$;
