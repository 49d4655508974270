-- What the code of steps says while it runs. A run's commits are one after the other, so its lines are numbered in the
-- order in which they became durable: who has read up to a line misses none by reading on from it.
create table durable.logs (
  workspace_id int not null,
  run_id uuid not null,
  id bigint generated always as identity,
  step_id uuid not null,
  attempt int not null,
  no int not null,  -- within the attempt, from 1
  level text not null check (level in ('debug', 'info', 'warn', 'error')),
  message text not null,
  data text,  -- JSON text as received
  at timestamptz not null,  -- by the app's clock
  primary key (workspace_id, run_id, id)
) partition by range (run_id);
create table durable.logs_default partition of durable.logs default;

-- f_data: {"attempt": number, "lines": [{"level", "message", "data"?: JSON as text, "at": epoch milliseconds}]}.
create function durable.effect_log(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language sql volatile as $$
  with said as (
    insert into durable.logs (workspace_id, run_id, step_id, attempt, no, level, message, data, at)
    select f_workspace[q], f_run[q], f_step[q], (f_data[q]::json ->> 'attempt')::int, l.no,
      l.line ->> 'level', l.line ->> 'message', l.line ->> 'data', to_timestamp((l.line ->> 'at')::float8 / 1000)
    from generate_subscripts(f_run, 1) as q,
      json_array_elements(f_data[q]::json -> 'lines') with ordinality as l(line, no)
    order by q, l.no
    returning workspace_id, run_id, id
  )
  -- The run's row is held: no line of another commit stands between them.
  insert into durable.changes (workspace_id, run_id, kind, subject)
    select s.workspace_id, s.run_id, 'run.logs', min(s.id) || '-' || max(s.id) from said s group by s.workspace_id, s.run_id
$$;
