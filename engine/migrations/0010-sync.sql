-- What people do to a workspace: create it, sync it, rotate its secrets. Each deed, its audit row and the raised
-- registry version are one commit.

-- RFC 3339 in UTC with milliseconds, as every instant is written on the wire.
create function durable.rfc3339(p_at timestamptz) returns text
language sql stable parallel safe as $$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

create function durable.ensure_workspace(p_app text, p_environment text) returns int
language plpgsql as $$
declare
  v_id int;
begin
  loop
    select w.id into v_id from durable.workspaces w where w.app = p_app and w.environment = p_environment;
    if found then
      return v_id;
    end if;
    -- Another process may create it at this moment: then this inserts nothing and the next look finds it.
    insert into durable.workspaces (app, environment) values (p_app, p_environment) on conflict do nothing;
  end loop;
end $$;

-- A function whose manifest changed by a single byte gets the next version; runs keep the version they started with.
-- The registry version is raised only when something is different, so that repeated syncs of the same deployment
-- cost the ingest nothing. Answers one row per function of this sync and per function it no longer names.
create function durable.sync_app(
  p_workspace int, p_actor text,
  p_url text, p_sdk text, p_capabilities text[], p_max_duration_ms int, p_deployment text, p_digest text,
  f_id text[], f_manifest text[]
) returns table (function_id text, version int, change text)
language plpgsql as $$
#variable_conflict use_column
declare
  v_moved boolean;
  v_changes int;
begin
  -- Two syncs of one workspace apply one after the other, or their removals would undo each other's additions.
  perform 1 from durable.workspaces where id = p_workspace for update;
  if not found then
    raise exception 'there is no workspace %', p_workspace;
  end if;

  select coalesce(bool_or((e.url, e.sdk, e.capabilities, e.max_duration_ms, e.deployment)
      is distinct from (p_url, p_sdk, p_capabilities, p_max_duration_ms, p_deployment)), true)
    into v_moved from durable.endpoints e where e.workspace_id = p_workspace;
  insert into durable.endpoints as e (workspace_id, url, sdk, capabilities, max_duration_ms, deployment, manifest_digest)
    values (p_workspace, p_url, p_sdk, p_capabilities, p_max_duration_ms, p_deployment, p_digest)
    on conflict (workspace_id) do update
      set url = excluded.url, sdk = excluded.sdk, capabilities = excluded.capabilities,
          max_duration_ms = excluded.max_duration_ms, deployment = excluded.deployment,
          manifest_digest = excluded.manifest_digest, synced_at = clock_timestamp();

  create temporary table if not exists sync_plan (
    function_id text not null, version int not null, change text not null, manifest text
  ) on commit delete rows;
  delete from pg_temp.sync_plan;
  insert into pg_temp.sync_plan
    select n.id,
      case when f.id is null then 1 when f.manifest = n.manifest then f.version else f.version + 1 end,
      case when f.id is null or f.removed_at is not null then 'added'
           when f.manifest = n.manifest then 'unchanged' else 'changed' end,
      n.manifest
    from unnest(f_id, f_manifest) as n(id, manifest)
    left join durable.functions f on f.workspace_id = p_workspace and f.id = n.id
    union all
    select f.id, f.version, 'removed', null from durable.functions f
    where f.workspace_id = p_workspace and f.removed_at is null and f.id <> all (f_id);

  insert into durable.functions as f (workspace_id, id, version, manifest)
    select p_workspace, p.function_id, p.version, p.manifest from pg_temp.sync_plan p where p.change <> 'removed'
    on conflict (workspace_id, id) do update
      set version = excluded.version, manifest = excluded.manifest, removed_at = null, synced_at = clock_timestamp();
  insert into durable.function_versions (workspace_id, function_id, version, manifest)
    select p_workspace, p.function_id, p.version, p.manifest from pg_temp.sync_plan p where p.change in ('added', 'changed')
    on conflict do nothing;
  update durable.functions f set removed_at = clock_timestamp()
    from pg_temp.sync_plan p
    where p.change = 'removed' and f.workspace_id = p_workspace and f.id = p.function_id;

  select count(*) into v_changes from pg_temp.sync_plan p where p.change <> 'unchanged';
  if v_moved or v_changes > 0 then
    update durable.workspaces set registry_version = registry_version + 1 where id = p_workspace;
    insert into durable.audit (workspace_id, actor, action, target, detail)
      select p_workspace, p_actor, 'app.sync', p_url, json_object_agg(p.function_id, p.change)::text
      from pg_temp.sync_plan p where p.change <> 'unchanged';
  end if;
  return query select p.function_id, p.version, p.change from pg_temp.sync_plan p order by p.function_id;
end $$;
