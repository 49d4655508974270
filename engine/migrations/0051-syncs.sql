-- What the engine has learnt of an app, and when: syncs that changed something, and those that failed, with why. A sync happens at every
-- deploy and, in development, at every change of a file, so what is the same again is counted and not kept anew:
--
--     applied   v1 v2  ---same---same-->  count, seen_at
--     failed    why    ---same---same-->  count, seen_at; resolved_at when the app is understood again
create table durable.syncs (
  workspace_id int not null,
  id int generated always as identity,       -- in order: a workspace's syncs are noted one after the other
  outcome text not null,                     -- applied | failed
  actor text not null,                       -- who asked last
  url text,                                  -- null: it was none that can be shown
  sdk text,                                  -- this and the next two of an applied one
  deployment text,
  manifest_digest text,
  functions text not null default '[]',      -- JSON: those that it added, changed or removed: [{"id", "change", "from", "to"}], versions
  code text,                                 -- why it failed, as the problem that was answered
  detail text,
  count int not null default 1,              -- so many that were the same
  at timestamptz not null,
  seen_at timestamptz not null,              -- the last of them
  resolved_at timestamptz,                   -- of a failed one: an app was understood since
  primary key (workspace_id, id)
);

create trigger told after insert or update on durable.syncs
  for each row execute function durable.note_topic('sync', 'id');

-- So many of an outcome are kept, the newest. Part of whoever has added one.
create function durable.forget_syncs(p_workspace int, p_outcome text, p_most int) returns void language sql volatile as $$
  delete from durable.syncs s where s.workspace_id = p_workspace and s.outcome = p_outcome and s.id <= (
    select o.id from durable.syncs o where o.workspace_id = p_workspace and o.outcome = p_outcome order by o.id desc offset p_most limit 1)
$$;

-- Follows sync_app in its statement, which holds the workspace's row. What it says of each function is kept when it is another app than the
-- sync before has met: versions name the manifests, which are in function_versions for ever.
create function durable.note_sync(
  p_workspace int, p_actor text, p_url text, p_sdk text, p_deployment text, p_digest text, f_id text[], f_version int[], f_change text[]
) returns int
language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_functions text;
  v_id int;
begin
  select coalesce(json_agg(json_build_object('id', f.id, 'change', f.change,
      'from', case f.change when 'changed' then f.version - 1 when 'removed' then f.version end,
      'to', case when f.change <> 'removed' then f.version end) order by f.id), '[]')::text into v_functions
    from unnest(f_id, f_version, f_change) as f(id, version, change) where f.change <> 'unchanged';
  update durable.syncs s set resolved_at = v_now
    where s.workspace_id = p_workspace and s.outcome = 'failed' and s.resolved_at is null;
  if v_functions = '[]' then
    update durable.syncs s set count = s.count + 1, seen_at = v_now, actor = p_actor
      where s.workspace_id = p_workspace and s.id = (
          select max(o.id) from durable.syncs o where o.workspace_id = p_workspace and o.outcome = 'applied')
        and (s.url, s.sdk, s.deployment, s.manifest_digest) is not distinct from (p_url, p_sdk, p_deployment, p_digest)
      returning s.id into v_id;
    if found then
      return v_id;
    end if;
  end if;
  insert into durable.syncs as s (workspace_id, outcome, actor, url, sdk, deployment, manifest_digest, functions, at, seen_at)
    values (p_workspace, 'applied', p_actor, p_url, p_sdk, p_deployment, p_digest, v_functions, v_now, v_now)
    returning s.id into v_id;
  perform durable.forget_syncs(p_workspace, 'applied', 1000);
  return v_id;
end $$;

-- A sync that came to nothing. The same as the last thing that happened is counted there, also when the app was understood in between and
-- nothing had changed.
create function durable.note_failed_sync(p_workspace int, p_actor text, p_url text, p_code text, p_detail text) returns int
language plpgsql as $$
declare
  v_now timestamptz := durable.durable_now();
  v_id int;
begin
  -- As sync_app does: one after the other.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  update durable.syncs s set count = s.count + 1, seen_at = v_now, actor = p_actor, resolved_at = null
    where s.workspace_id = p_workspace and s.id = (select max(o.id) from durable.syncs o where o.workspace_id = p_workspace)
      and s.outcome = 'failed' and (s.url, s.code, s.detail) is not distinct from (p_url, p_code, p_detail)
    returning s.id into v_id;
  if found then
    return v_id;
  end if;
  insert into durable.syncs as s (workspace_id, outcome, actor, url, code, detail, at, seen_at)
    values (p_workspace, 'failed', p_actor, p_url, p_code, p_detail, v_now, v_now)
    returning s.id into v_id;
  perform durable.forget_syncs(p_workspace, 'failed', 200);
  return v_id;
end $$;
