-- What streams tell beside runs: a row of `changes` for every row of these tables that changes, whoever changes it. They are
-- cold, so a trigger costs nobody much and no action can forget it.

-- Arguments: the kind of the change, and the column that names what changed (none: the workspace has one, or it does not matter).
create function durable.note_topic() returns trigger language plpgsql as $$
declare
  v_row jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
begin
  if tg_op <> 'UPDATE' or new is distinct from old then
    insert into durable.changes (workspace_id, kind, subject) values ((v_row ->> 'workspace_id')::int, tg_argv[0], v_row ->> tg_argv[1]);
  end if;
  return null;
end $$;

create trigger told after insert or update or delete on durable.schedules
  for each row execute function durable.note_topic('schedule', 'id');
create trigger told after insert or update or delete on durable.limits
  for each row execute function durable.note_topic('limit', 'id');
create trigger told after insert or update or delete on durable.pauses
  for each row execute function durable.note_topic('pause', 'id');
create trigger told after insert or update or delete on durable.inputs
  for each row execute function durable.note_topic('input', 'id');
create trigger told after insert or update or delete on durable.deployments
  for each row execute function durable.note_topic('deployment', 'name');
create trigger told after insert or update or delete on durable.endpoints
  for each row execute function durable.note_topic('deployment');
create trigger told after insert or update or delete on durable.circuits
  for each row execute function durable.note_topic('deployment');

-- One row for all that a commit skips: a limit may skip thousands a second.
create function durable.note_skips() returns trigger language plpgsql as $$
begin
  insert into durable.changes (workspace_id, kind) select distinct s.workspace_id, 'skip' from skipped s;
  return null;
end $$;
create trigger told after insert on durable.skips referencing new table as skipped
  for each statement execute function durable.note_skips();
