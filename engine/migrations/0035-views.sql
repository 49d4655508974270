-- What others may read of runs with SQL: reports, dashboards, a data warehouse. A schema with a version: columns are added at
-- the end, and one that changes its meaning or goes comes with a new version beside this one. `test/contract/views.test.ts`
-- holds the columns. Status and times only read what the engine keeps; nobody can write through them.
create schema durable_v1;

create view durable_v1.runs with (security_barrier) as
  select w.app, w.environment, r.id as run_id, r.function_id, r.function_version, coalesce(r.status, durable.shown_status(l)) as status,
    coalesce(e.client_id, e.id::text) as event_id, e.name as event_name, r.created_at, r.begins_at, r.begin_cause, r.ended_at,
    extract(epoch from r.ended_at - r.created_at)::float8 * 1000 as duration_ms, r.output, r.failure
  from durable.runs r
  join durable.workspaces w on w.id = r.workspace_id
  join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
  left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id;

create view durable_v1.steps with (security_barrier) as
  select w.app, w.environment, s.run_id, replace(s.step_id::text, '-', '') as step_id, replace(s.scope::text, '-', '') as scope,
    s.seq, s.op, s.name, s.n, s.status, s.attempt, s.value, s.failure, s.due_at, coalesce(s.received_at, s.committed_at) as asked_at,
    s.settled_at, s.app_ms
  from durable.steps s join durable.workspaces w on w.id = s.workspace_id;

-- Without the tries of steps that succeeded at once in the call of their function: those have their times in `steps`.
create view durable_v1.attempts with (security_barrier) as
  select w.app, w.environment, a.run_id, case when a.step_id <> '00000000-0000-0000-0000-000000000000' then replace(a.step_id::text, '-', '') end as step_id,
    a.attempt, a.outcome, a.failure, a.scheduled_at, a.leased_at, a.sent_at, a.first_byte_at, a.received_at, a.app_ms, a.committed_at as recorded_at
  from durable.attempts a join durable.workspaces w on w.id = a.workspace_id where a.outcome <> 'turn';

-- Open ones.
create view durable_v1.waits with (security_barrier) as
  select w.app, w.environment, t.run_id, replace(t.step_id::text, '-', '') as step_id, s.name, t.mode, t.key, t.event_name, t.match, t.condition,
    t.since, s.due_at, t.event_id is not null as has_come
  from durable.waits t
  join durable.workspaces w on w.id = t.workspace_id
  join durable.steps s on s.workspace_id = t.workspace_id and s.run_id = t.run_id and s.step_id = t.step_id;

create view durable_v1.children with (security_barrier) as
  select w.app, w.environment, c.run_id, c.parent_run_id, durable.step_of(c) as parent_step_id, c.kind, c.on_cancel, c.depth,
    p.app as parent_app
  from durable.children c join durable.workspaces w on w.id = c.workspace_id
  join durable.workspaces p on p.id = c.parent_workspace_id;

-- Who may read them and nothing else: grant it to a login. Made where the engine's own role may make roles; a role belongs
-- to the whole server, so another database of it may have made it before.
do $$
begin
  create role durable_reader nologin;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then raise notice 'the role durable_reader could not be made; see docs/guides/sql.md';
end $$;
do $$
begin
  if exists (select from pg_roles where rolname = 'durable_reader') then
    grant usage on schema durable_v1 to durable_reader;
    grant select on all tables in schema durable_v1 to durable_reader;
  end if;
end $$;
