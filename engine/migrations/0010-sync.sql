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
    insert into durable.workspaces (app, environment, production) values (p_app, p_environment, p_environment = 'prod')
      on conflict do nothing;
  end loop;
end $$;

-- From this commit on people are asked twice there, or no longer. Engines notice within a second, as with a sync.
create function durable.mark_workspace(p_workspace int, p_actor text, p_production boolean, p_reason text) returns void
language plpgsql as $$
begin
  update durable.workspaces w set production = p_production, registry_version = w.registry_version + 1
    where w.id = p_workspace and w.production <> p_production;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'workspace.mark', case when p_production then 'production' else 'not production' end, p_reason);
end $$;

-- A function whose manifest changed by a single byte gets the next version; runs keep the version they started with.
-- The registry version is raised only when something is different, so that repeated syncs of the same deployment
-- cost the ingest nothing. Answers one row per function of this sync and per function it no longer names.
create function durable.sync_app(
  p_workspace int, p_actor text,
  p_url text, p_sdk text, p_capabilities text[], p_max_duration_ms int, p_deployment text, p_digest text,
  f_id text[], f_manifest text[],
  l_id uuid[], l_name text[], l_function text[], l_kind text[], l_count int[], l_period_ms float8[], l_burst int[],
  c_id text[], c_function text[], c_cron text[], c_tz text[], c_jitter_ms float8[], c_catch_up text[], c_overlap text[], c_data text[], c_condition text[]
) returns table (function_id text, version int, change text)
language plpgsql as $$
#variable_conflict use_column
declare
  v_same boolean;
  v_id text[]; v_version int[]; v_change text[]; v_manifest text[];
  v_changes text;
begin
  -- Two syncs of one workspace apply one after the other, or their removals would undo each other's additions.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  if not found then
    raise exception 'there is no workspace %', p_workspace;
  end if;

  select (e.url, e.sdk, e.capabilities, e.max_duration_ms, e.deployment)
      is not distinct from (p_url, p_sdk, p_capabilities, p_max_duration_ms, p_deployment)
    into v_same from durable.endpoints e where e.workspace_id = p_workspace;
  insert into durable.endpoints (workspace_id, url, sdk, capabilities, max_duration_ms, deployment, manifest_digest)
    values (p_workspace, p_url, p_sdk, p_capabilities, p_max_duration_ms, p_deployment, p_digest)
    on conflict (workspace_id) do update
      set url = excluded.url, sdk = excluded.sdk, capabilities = excluded.capabilities,
          max_duration_ms = excluded.max_duration_ms, deployment = excluded.deployment,
          manifest_digest = excluded.manifest_digest, synced_at = clock_timestamp();

  perform durable.note_deployed(p_workspace, p_deployment, p_url, p_max_duration_ms, p_capabilities, p_digest);

  -- It has just answered: its frozen runs need not wait for a probe.
  perform durable.end_probe(p_workspace, null);

  select array_agg(q.id), array_agg(q.version), array_agg(q.change), array_agg(q.manifest)
    into v_id, v_version, v_change, v_manifest
    from (
      select n.id, n.manifest,
        case when f.id is null then 1 when f.manifest = n.manifest then f.version else f.version + 1 end as version,
        case when f.id is null or f.removed_at is not null then 'added'
             when f.manifest = n.manifest then 'unchanged' else 'changed' end as change
      from unnest(f_id, f_manifest) as n(id, manifest)
      left join durable.functions f on f.workspace_id = p_workspace and f.id = n.id
      union all
      select f.id, f.manifest, f.version, 'removed' from durable.functions f
      where f.workspace_id = p_workspace and f.removed_at is null and f.id <> all (f_id)
      order by 1
    ) as q;

  insert into durable.functions (workspace_id, id, version, manifest)
    select p_workspace, q.id, q.version, q.manifest
    from unnest(v_id, v_version, v_change, v_manifest) as q(id, version, change, manifest) where q.change <> 'removed'
    on conflict (workspace_id, id) do update
      set version = excluded.version, manifest = excluded.manifest, removed_at = null, synced_at = clock_timestamp();
  insert into durable.function_versions (workspace_id, function_id, version, manifest)
    select p_workspace, q.id, q.version, q.manifest
    from unnest(v_id, v_version, v_change, v_manifest) as q(id, version, change, manifest)
    where q.change in ('added', 'changed')
    on conflict do nothing;
  update durable.functions f set removed_at = clock_timestamp()
    from unnest(v_id, v_change) as q(id, change)
    where q.change = 'removed' and f.workspace_id = p_workspace and f.id = q.id;

  perform durable.register_cancel_patterns(p_workspace, f_manifest);
  perform durable.register_end_listeners(p_workspace);
  perform durable.declare_limits(p_workspace, l_id, l_name, l_function, l_kind, l_count, l_period_ms, l_burst);
  perform durable.declare_schedules(p_workspace, c_id, c_function, c_cron, c_tz, c_jitter_ms, c_catch_up, c_overlap, c_data, c_condition);

  select json_object_agg(q.id, q.change)::text into v_changes
    from unnest(v_id, v_change) as q(id, change) where q.change <> 'unchanged';
  if v_changes is not null or v_same is distinct from true then
    update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (p_workspace, p_actor, 'app.sync', p_url, v_changes);
  end if;
  return query select q.* from unnest(v_id, v_version, v_change) as q(id, version, change);
end $$;

-- Who did something to this run, key or endpoint?
create index audit_by_target on durable.audit (workspace_id, target);

-- The newest secret signs from this commit on. An engine notices within a second, by the registry version.
create function durable.add_signing_secret(p_workspace int, p_actor text, p_secret text, p_fingerprint text)
returns table (id int, created_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_id int;
  v_created timestamptz;
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.signing_secrets as s (workspace_id, secret, fingerprint) values (p_workspace, p_secret, p_fingerprint)
    returning s.id, s.created_at into v_id, v_created;
  insert into durable.audit (workspace_id, actor, action, target)
    values (p_workspace, p_actor, 'secret.create', v_id::text);
  return query select v_id, v_created;
end $$;

-- Answers retired, retiring (in force until then), last (nothing would be left to sign with; not retired), or no row when unknown. With
-- seconds to go it stays in force for so long: the overlap of a rotation ends by itself. Asked again it may end sooner, not later.
create function durable.retire_signing_secret(p_workspace int, p_actor text, p_id int, p_after_s float8)
returns table (state text, retired_at timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  v_retired_at timestamptz;
  v_at timestamptz := clock_timestamp() + make_interval(secs => p_after_s);
begin
  -- Two retirements at once must not each leave the other's secret as the last one.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  select s.retired_at into v_retired_at from durable.signing_secrets s where s.workspace_id = p_workspace and s.id = p_id;
  if not found then
    return;
  elsif v_retired_at <= v_at then
    return query select case when v_retired_at > clock_timestamp() then 'retiring' else 'retired' end, v_retired_at;
    return;
  elsif not exists (select 1 from durable.signing_secrets s
                    where s.workspace_id = p_workspace and s.id <> p_id and s.retired_at is null) then
    return query select 'last', null::timestamptz;
    return;
  end if;
  update durable.signing_secrets s set retired_at = v_at where s.workspace_id = p_workspace and s.id = p_id;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'secret.retire', p_id::text,
      case when p_after_s > 0 then 'in force until ' || durable.rfc3339(v_at) end);
  return query select case when p_after_s > 0 then 'retiring' else 'retired' end, v_at;
end $$;
