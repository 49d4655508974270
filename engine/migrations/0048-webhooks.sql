-- Events of the engine's own (ends of runs, alerts, inputs), sent to addresses outside (decision 0049). A delivery is written in the
-- commit that crosses out what made the event, or before; a process sends it until it is taken, for a day. At least once: its id is the same
-- each time.

create table durable.webhooks (
  workspace_id int not null,
  id uuid not null,
  url text not null,
  events text[] not null,                    -- names, with `*`
  state text not null,                       -- enabled | disabled (by a person) | failed (nothing was taken for a day, or never again)
  why text,                                  -- it failed
  failing_since timestamptz,                 -- the first that was not taken after the last that was
  created_at timestamptz not null,
  primary key (workspace_id, id)
);

-- Sealed by the engine. All that are in force sign.
create table durable.webhook_secrets (
  workspace_id int not null,
  webhook_id uuid not null,
  id int generated always as identity,
  secret text not null,
  created_at timestamptz not null,
  retired_at timestamptz,                    -- from then on it is not in force; may be to come
  primary key (workspace_id, webhook_id, id)
);

create table durable.webhook_deliveries (
  workspace_id int not null,
  id uuid not null,                          -- with `msg_` the webhook-id of all its attempts
  webhook_id uuid not null,
  event_id text not null,                    -- as senders see it
  event_name text not null,
  run_id uuid,                               -- that it tells of
  body text not null,                        -- what is signed and sent
  state text not null default 'waiting',     -- waiting | delivered | given-up
  attempts int not null default 0,
  due_at timestamptz not null,               -- the next attempt; while one is under way, when it is taken for dead
  last_status int,
  last_error text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id)
);
create unique index webhook_deliveries_once on durable.webhook_deliveries (workspace_id, webhook_id, event_id);
create index webhook_deliveries_due on durable.webhook_deliveries (workspace_id, webhook_id, due_at) where state = 'waiting';
create index webhook_deliveries_by_run on durable.webhook_deliveries (workspace_id, run_id) where run_id is not null;
create index webhook_deliveries_ended on durable.webhook_deliveries (ended_at) where ended_at is not null;

create function durable.is_named(p_patterns text[], p_name text) returns boolean language sql immutable as $$
  select exists (select 1 from unnest(p_patterns) as p where p_name like replace(replace(p, '_', '\_'), '*', '%'))
$$;

-- Ends of runs and alerts are made only where somebody listens: here webhooks do. The caller has changed one.
create function durable.register_webhook_listeners(p_workspace int) returns void language sql volatile as $$
  delete from durable.end_listeners l where l.workspace_id = p_workspace and l.listener = 'webhooks';
  insert into durable.end_listeners (workspace_id, event_name, listener)
    select p_workspace, n, 'webhooks' from unnest(durable.told_names()) as n
    where exists (select 1 from durable.webhooks w where w.workspace_id = p_workspace and w.state = 'enabled' and durable.is_named(w.events, n));
$$;

create function durable.add_webhook(
  p_workspace int, p_id uuid, p_url text, p_origin text, p_events text[], p_secret text, p_actor text, p_reason text) returns void
language plpgsql as $$
begin
  insert into durable.webhooks (workspace_id, id, url, events, state, created_at)
    values (p_workspace, p_id, p_url, p_events, 'enabled', durable.durable_now());
  insert into durable.webhook_secrets (workspace_id, webhook_id, secret, created_at) values (p_workspace, p_id, p_secret, durable.durable_now());
  perform durable.register_webhook_listeners(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'webhook.create', p_id::text,
    json_strip_nulls(json_build_object('origin', p_origin, 'events', p_events, 'reason', p_reason))::text);
end $$;

-- What is null stays as it is. What waited goes on when it is enabled again. False for an unknown one.
create function durable.change_webhook(
  p_workspace int, p_id uuid, p_url text, p_origin text, p_events text[], p_enabled boolean, p_actor text, p_reason text) returns boolean
language plpgsql as $$
begin
  update durable.webhooks w
    set url = coalesce(p_url, w.url), events = coalesce(p_events, w.events),
        state = case p_enabled when true then 'enabled' when false then 'disabled' else w.state end,
        why = case when p_enabled is null then w.why end, failing_since = case when p_enabled is null then w.failing_since end
    where w.workspace_id = p_workspace and w.id = p_id;
  if not found then
    return false;
  end if;
  perform durable.register_webhook_listeners(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'webhook.change', p_id::text,
    json_strip_nulls(json_build_object('origin', p_origin, 'events', p_events, 'enabled', p_enabled, 'reason', p_reason))::text);
  return true;
end $$;

create function durable.delete_webhook(p_workspace int, p_id uuid, p_actor text) returns boolean language plpgsql as $$
begin
  delete from durable.webhooks w where w.workspace_id = p_workspace and w.id = p_id;
  if not found then
    return false;
  end if;
  delete from durable.webhook_secrets s where s.workspace_id = p_workspace and s.webhook_id = p_id;
  delete from durable.webhook_deliveries d where d.workspace_id = p_workspace and d.webhook_id = p_id;
  perform durable.register_webhook_listeners(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'webhook.delete', p_id::text);
  return true;
end $$;

-- Another secret signs; those before do for a while, too. False for an unknown webhook.
create function durable.rotate_webhook_secret(p_workspace int, p_id uuid, p_secret text, p_overlap_s float8, p_actor text) returns boolean
language plpgsql as $$
declare
  v_end timestamptz := durable.durable_now() + p_overlap_s * interval '1 second';
begin
  perform 1 from durable.webhooks w where w.workspace_id = p_workspace and w.id = p_id for update;
  if not found then
    return false;
  end if;
  update durable.webhook_secrets s set retired_at = least(coalesce(s.retired_at, v_end), v_end)
    where s.workspace_id = p_workspace and s.webhook_id = p_id;
  delete from durable.webhook_secrets s where s.workspace_id = p_workspace and s.webhook_id = p_id and s.retired_at < durable.durable_now();
  insert into durable.webhook_secrets (workspace_id, webhook_id, secret, created_at) values (p_workspace, p_id, p_secret, durable.durable_now());
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'webhook.rotate', p_id::text, json_build_object('overlap_s', p_overlap_s)::text);
  return true;
end $$;

-- Events that were accepted, or will have been before this is asked for again, to whoever wants them; each once. Answers how many.
create function durable.owe_deliveries(p_workspace int[], p_event text[], p_name text[], p_body text[], p_run uuid[]) returns int
language plpgsql as $$
declare
  v_count int;
begin
  if not exists (select 1 from durable.webhooks w where w.workspace_id = any (p_workspace) and w.state = 'enabled') then
    return 0;
  end if;
  insert into durable.webhook_deliveries (workspace_id, id, webhook_id, event_id, event_name, run_id, body, due_at, created_at)
    select w.workspace_id, durable.new_id(), w.id, p_event[q], p_name[q], p_run[q], p_body[q], durable.durable_now(), durable.durable_now()
    from generate_subscripts(p_workspace, 1) as q
    join durable.webhooks w on w.workspace_id = p_workspace[q] and w.state = 'enabled' and durable.is_named(w.events, p_name[q])
    order by 1, 3, 4
    on conflict do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- So many deliveries that are due, of each webhook eight at most and none of p_busy. Whoever takes one has half a minute.
create function durable.take_deliveries(p_limit int, p_busy uuid[])
returns table (workspace_id int, id uuid, webhook_id uuid, url text, body text, attempt int) language plpgsql as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := durable.durable_now();
begin
  return query
    with due as materialized (
      select w.url, q.workspace_id, q.id from durable.webhooks w cross join lateral (
        select d.workspace_id, d.id from durable.webhook_deliveries d
        where d.workspace_id = w.workspace_id and d.webhook_id = w.id and d.state = 'waiting' and d.due_at <= v_now
        order by d.due_at limit 8 for update skip locked) as q
      where w.state = 'enabled' and w.id <> all (p_busy) limit p_limit)
    update durable.webhook_deliveries d set attempts = d.attempts + 1, due_at = v_now + interval '30 seconds' from due
      where d.workspace_id = due.workspace_id and d.id = due.id
      returning d.workspace_id, d.id, d.webhook_id, due.url, d.body, d.attempts;
end $$;

-- What came of an attempt; p_error null: it was taken. The next is in p_retry_ms. One that is not taken for a day is given up, and with it its
-- webhook when that has taken nothing else since, or has said (p_gone) that it never will. Nothing for who comes too late. Locks the
-- webhook first. Answers the state of the delivery.
create function durable.end_attempt(
  p_workspace int, p_id uuid, p_attempt int, p_status int, p_error text, p_retry_ms float8, p_gone boolean) returns text language plpgsql as $$
declare
  v_now constant timestamptz := durable.durable_now();
  v_webhook durable.webhooks;
  v_delivery durable.webhook_deliveries;
begin
  select w.* into v_webhook from durable.webhook_deliveries d
    join durable.webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.workspace_id = p_workspace and d.id = p_id for update of w;
  select * into v_delivery from durable.webhook_deliveries d
    where d.workspace_id = p_workspace and d.id = p_id and d.attempts = p_attempt and d.state = 'waiting' for update;
  if not found then
    return null;
  end if;
  v_delivery.state := case when p_error is null then 'delivered'
    when p_gone or v_now >= v_delivery.created_at + interval '1 day' then 'given-up' else 'waiting' end;
  update durable.webhook_deliveries d
    set state = v_delivery.state, last_status = p_status, last_error = p_error,
        due_at = case when v_delivery.state = 'waiting' then v_now + p_retry_ms * interval '1 millisecond' else d.due_at end,
        ended_at = case when v_delivery.state <> 'waiting' then v_now end
    where d.workspace_id = p_workspace and d.id = p_id;
  if p_error is null then
    update durable.webhooks w set failing_since = null where w.workspace_id = p_workspace and w.id = v_webhook.id and w.failing_since is not null;
    return v_delivery.state;
  end if;
  v_webhook.failing_since := coalesce(v_webhook.failing_since, v_now);
  update durable.webhooks w set failing_since = v_webhook.failing_since where w.workspace_id = p_workspace and w.id = v_webhook.id and w.failing_since is null;
  if v_webhook.state = 'enabled' and (p_gone or v_delivery.state = 'given-up' and v_webhook.failing_since <= v_now - interval '23 hours') then
    update durable.webhooks w set state = 'failed', why = p_error where w.workspace_id = p_workspace and w.id = v_webhook.id;
    update durable.webhook_deliveries d set state = 'given-up', ended_at = v_now
      where d.workspace_id = p_workspace and d.webhook_id = v_webhook.id and d.state = 'waiting';
    perform durable.register_webhook_listeners(p_workspace);
    insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, 'engine', 'webhook.fail', v_webhook.id::text, p_error);
  end if;
  return v_delivery.state;
end $$;

-- Deliveries that were over a week ago, so many at most.
create function durable.sweep_deliveries(p_limit int) returns void language sql volatile as $$
  delete from durable.webhook_deliveries d where d.ctid = any (array(
    select o.ctid from durable.webhook_deliveries o where o.ended_at < durable.durable_now() - interval '7 days' order by o.ended_at limit p_limit))
$$;

-- Part of alert_candidates (0047): webhooks that the engine has given up.
create function durable.webhook_alerts() returns table (workspace_id int, kind text, key text, facts jsonb) language sql stable as $$
  select w.workspace_id, 'webhook', w.id::text, jsonb_build_object('webhook', w.id, 'origin', substring(w.url from '^[a-z]+://[^/?#]+'), 'why', w.why)
  from durable.webhooks w left join durable.alert_rules r on r.workspace_id = w.workspace_id and r.kind = 'webhook'
  where w.state = 'failed' and coalesce(r.enabled, true)
$$;
