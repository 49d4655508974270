-- What was answered to a request that carries an Idempotency-Key, for a day: sent again, it is answered and not done again.
-- Sealed by the engine, for it may show a key. One of an actor says nothing about another's.
create table durable.idempotency_keys (
  workspace_id int not null,
  actor text not null,
  key text not null,
  request_sha256 bytea not null,  -- of method, path and body
  answer text,                    -- null while it is under way
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, actor, key)
);
create index idempotency_keys_by_age on durable.idempotency_keys (workspace_id, at);

-- Answers begun (the caller does it, and says what came of it), done (with the answer), in-flight, or other (the key was
-- used for another request). Whoever began it and has not come back for 15 minutes is dead, for no request takes so long: the next one begins it again.
-- Takes up to 100 that are older than a day with it, so that nothing else needs to.
create function durable.begin_request(p_workspace int, p_actor text, p_key text, p_sha256 bytea)
returns table (state text, answer text)
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_found durable.idempotency_keys;
begin
  delete from durable.idempotency_keys i where i.workspace_id = p_workspace and (i.actor, i.key) in (
    select o.actor, o.key from durable.idempotency_keys o
    where o.workspace_id = p_workspace and o.at < v_now - interval '24 hours'
    order by o.at limit 100 for update skip locked);
  insert into durable.idempotency_keys as i (workspace_id, actor, key, request_sha256, at)
    values (p_workspace, p_actor, p_key, p_sha256, v_now)
    on conflict (workspace_id, actor, key) do update set request_sha256 = excluded.request_sha256, answer = null, at = v_now
      where i.at < v_now - interval '24 hours'
        or (i.answer is null and i.request_sha256 = excluded.request_sha256 and i.at < v_now - interval '15 minutes');
  if found then
    return query select 'begun', null::text;
    return;
  end if;
  select i.* into v_found from durable.idempotency_keys i
    where i.workspace_id = p_workspace and i.actor = p_actor and i.key = p_key;
  return query select
    case when v_found.request_sha256 <> p_sha256 then 'other' when v_found.answer is null then 'in-flight' else 'done' end,
    case when v_found.request_sha256 = p_sha256 then v_found.answer end;
end $$;
