-- Which deployment of the app ran a run's steps: noted when it is another one than before, so that a step costs nothing
-- for it. From the entry with this number on, until the next row.
create table durable.run_deployments (
  workspace_id int not null,
  run_id uuid not null,
  from_seq int not null,
  deployment text not null,
  primary key (workspace_id, run_id, from_seq)
);

-- f_data: {"from": seq, "deployment": text}.
create function durable.effect_deployment(f_workspace int[], f_run uuid[], f_step uuid[], f_data text[]) returns void
language sql volatile as $$
  insert into durable.run_deployments (workspace_id, run_id, from_seq, deployment)
    select f_workspace[q], f_run[q], (f_data[q]::json ->> 'from')::int, f_data[q]::json ->> 'deployment'
    from generate_subscripts(f_run, 1) as q
    on conflict (workspace_id, run_id, from_seq) do update set deployment = excluded.deployment
$$;

-- The one that ran an entry; of an open one (no number yet) the last. Null where the app does not say.
create function durable.deployment_of(p_workspace int, p_run uuid, p_seq int) returns text
language sql stable as $$
  select d.deployment from durable.run_deployments d
  where d.workspace_id = p_workspace and d.run_id = p_run and d.from_seq <= coalesce(p_seq, 2147483647)
  order by d.from_seq desc limit 1
$$;
