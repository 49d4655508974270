-- Ends as events: `durable.run.completed | failed | cancelled`, so that one function can react to every failure of a
-- workspace. Nobody pays for them where nobody listens: the commit that ends a run looks once whether somebody does, and
-- leaves an obligation; a process makes the event of it, which starts runs and resolves waits like any other.

-- Who listens to the ends of a workspace, and to its alerts (0047): functions, as of the last sync, or waits, from the first of the name on.
create table durable.end_listeners (
  workspace_id int not null,
  event_name text not null,
  listener text not null,                    -- functions | waits | webhooks (0048)
  primary key (workspace_id, event_name, listener)
);

-- Obligation: this run has ended, and its event has not been accepted.
create table durable.end_events (
  workspace_id int not null,
  run_id uuid not null,
  primary key (workspace_id, run_id)
);

-- The functions of a workspace that name an end or an alert, as isEventNameFor of the protocol has it. Called by sync, in its commit.
create function durable.register_end_listeners(p_workspace int) returns void
language plpgsql as $$
begin
  delete from durable.end_listeners l where l.workspace_id = p_workspace and l.listener = 'functions';
  insert into durable.end_listeners (workspace_id, event_name, listener)
    select p_workspace, n.name, 'functions'
    from unnest(durable.told_names()) as n(name)
    where exists (
      select 1 from durable.functions f cross join json_array_elements(f.manifest::json -> 'triggers') as t
      where f.workspace_id = p_workspace and f.removed_at is null and t ->> 'event' like 'durable.%'
        and n.name like replace(replace(t ->> 'event', '_', '\_'), '*', '%'));
end $$;

-- The end of a run that stems from such an event is none to tell, or a handler that fails would be started by its own
-- failures for ever.
create function durable.owe_end_events(p_workspace int[], p_run uuid[]) returns void
language sql volatile as $$
  insert into durable.end_events (workspace_id, run_id)
    select r.workspace_id, r.id from unnest(p_workspace, p_run) as p(workspace, run)
    join durable.runs r on r.workspace_id = p.workspace and r.id = p.run
    where exists (select 1 from durable.end_listeners l
                  where l.workspace_id = r.workspace_id and l.event_name = 'durable.run.' || r.status)
      and not durable.stems_from(r.workspace_id, r.id, 'durable.run.')
    on conflict do nothing
$$;

-- What the event of an end says. The same text whenever it is asked for: it names the event together with its id. An
-- output beyond p_output_bytes is left out: who needs it reads the run.
create function durable.end_event_data(p_run durable.runs, p_output_bytes int) returns text
language sql stable as $$
  select '{"run":{"id":"' || p_run.id || '","started_at":"' || durable.rfc3339(durable.time_of_id(p_run.id))
      || '","ended_at":"' || durable.rfc3339(p_run.ended_at) || '"},"function":' || to_json(p_run.function_id)::text
      || ',"status":"' || p_run.status || '","event":' || json_build_object('id', coalesce(e.client_id, e.id::text), 'name', e.name)::text
      || ',"output":' || case when octet_length(p_run.output) <= p_output_bytes then p_run.output else 'null' end
      || ',"output_bytes":' || coalesce(octet_length(p_run.output), 0)
      || ',"error":' || coalesce(p_run.failure, 'null') || ',"step":' || durable.failed_step(p_run) || '}'
  from durable.events e where e.workspace_id = p_run.workspace_id and e.id = p_run.event_id
$$;

create function durable.clear_end_events(q_workspace int[], q_run uuid[]) returns void
language sql volatile as $$
  delete from durable.end_events o using unnest(q_workspace, q_run) as q(workspace, run)
    where o.workspace_id = q.workspace and o.run_id = q.run
$$;
