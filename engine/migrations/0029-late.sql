-- What an app says of an attempt of a step that is over by then: its time limit was, it was silent for too long, or its
-- run has ended. For people alone: no decision reads it. Said twice it is kept once, and of what is recorded nothing
-- is late. Locks nothing. False for an unknown run.
create function durable.note_late(
  p_workspace int, p_run uuid, p_fence uuid, p_step uuid, p_name text, p_attempt int, p_value text, p_failure text
) returns boolean language plpgsql as $$
begin
  insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, name, value, failure, received_at)
    select r.workspace_id, r.id, p_fence, p_step, p_attempt, 'late', p_name, durable.late_value(p_value), p_failure,
      clock_timestamp()
    from durable.runs r
    where r.workspace_id = p_workspace and r.id = p_run
      and not durable.is_recorded(p_workspace, p_run, p_step, p_value, p_failure)
      -- Of an app that says it without end.
      and (select count(*) from durable.attempts a
           where a.workspace_id = r.workspace_id and a.run_id = r.id and a.outcome = 'late') < 1000
    on conflict do nothing;
  return exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
end $$;
