-- Runs are found by what they are. A list of one function's runs must not walk ten million of others. What it costs each run is in
-- decision 0042; what else people ask for is tested on the way, of so many runs and no more.
create index runs_by_function on durable.runs (workspace_id, function_id, id);
-- Its bad ends: they are few of many, or none at all. As one text: by its parts this index would seem to answer what asks for the
-- status alone, and sort what it finds. About 60 bytes for a run that ends so, and none for another.
create index runs_by_function_bad_end on durable.runs (workspace_id, (function_id || '/' || status), id) where status in ('failed', 'cancelled');
-- Who needs a person is asked for in a hurry, and may have begun weeks ago. A run that is to pause, or did, has a reason.
create index runs_paused on durable.runs (workspace_id, id) where pause_reason is not null and status is null;
-- Which limits have this key: read once for all runs that may stand there. A row of gates is born once, however many runs use it.
create index gates_by_key on durable.gates (workspace_id, key);

-- What runs are found by beside what they are: their tags, and what stands at the paths that their functions declare. Only runs
-- that have some are in it, and pay for it (decision 0048). An index of its own by run: who sees a run, goes over it again or
-- removes it asks for all it has.
create table durable.run_terms (
  workspace_id int not null,
  run_id uuid not null,
  name text not null,                        -- `tag`, or the path: `data.user.id`
  value text not null,                       -- as people type it: 42 is the number and the text
  primary key (workspace_id, run_id, name, value)
);
create index run_terms_by_value on durable.run_terms (workspace_id, name, value, run_id);

-- Part of accept_events, after the runs are inserted. What a run that collects has taken in, it is found by, too: by each of its
-- events. Whoever adds to such a run holds its timer, so no two insert the same.
create function durable.note_terms(
  t_workspace int[], t_event uuid[], t_new boolean[], t_function text[], t_run uuid[], t_born boolean[], t_terms text[]) returns void
language sql volatile as $$
  insert into durable.run_terms (workspace_id, run_id, name, value)
    select distinct t_workspace[q], into_run.id, term.pair ->> 0, term.pair ->> 1
    from generate_subscripts(t_run, 1) as q
    cross join lateral (select case when t_born[q] is not false then t_run[q] else (
      select c.run_id from durable.collected_events c
      join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id and r.function_id = t_function[q]
      where c.workspace_id = t_workspace[q] and c.event_id = t_event[q] limit 1) end as id) as into_run
    cross join lateral json_array_elements(t_terms[q]::json) as term(pair)
    where t_new[q] and t_terms[q] is not null and into_run.id is not null
    order by 1, 2, 3, 4
    on conflict do nothing
$$;
