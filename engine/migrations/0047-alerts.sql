-- What somebody should know without looking: said once when it begins, and once when it is over (decision 0049). Nothing on the way of
-- events and commits writes here: a process looks every few seconds at what is there anyway.
--
--     rules ->  candidates: what is wrong now  ->  alerts: open until it is wrong no more  ->  notices, where somebody listens

create table durable.alert_rules (
  workspace_id int not null,
  kind text not null,
  enabled boolean not null,
  options text not null,                     -- JSON: numbers instead of those of alert_defaults
  muted_until timestamptz,                   -- until then it is listed, and nobody is told
  primary key (workspace_id, kind)
);

create table durable.alerts (
  workspace_id int not null,
  id uuid not null,
  kind text not null,
  key text not null,                         -- what of its kind: a function, a schedule, a group of errors, a webhook; '' for the workspace
  facts text not null,                       -- JSON: ids and numbers, no data of events or steps
  told boolean not null,                     -- false: it was muted, or there were too many
  capped boolean not null default false,     -- there were too many
  fired_at timestamptz not null,
  seen_at timestamptz not null,
  resolved_at timestamptz,
  primary key (workspace_id, id)
);
create unique index alerts_open on durable.alerts (workspace_id, kind, key) where resolved_at is null;

-- Obligation: the event of this alert has not been accepted.
create table durable.alert_notices (
  workspace_id int not null,
  alert_id uuid not null,
  state text not null,                       -- fired | resolved
  at timestamptz not null,
  primary key (workspace_id, alert_id, state)
);

-- One row: who holds it looks.
create table durable.alert_cursor (
  id boolean primary key default true check (id),
  looked_at timestamptz not null
);
insert into durable.alert_cursor (looked_at) values ('-infinity');

-- What is looked at every few seconds must not grow with what sleeps or was skipped.
create index timers_retrying on durable.timers (workspace_id, run_id) where kind = 'retry';
create index skips_missed on durable.skips (workspace_id, id) where reason = 'missed';

create function durable.alert_kinds() returns text[] language sql immutable as $$
  select array['failed', 'stuck', 'backlog', 'missed', 'circuit', 'error', 'webhook', 'more']
$$;

-- Events that are made only where somebody listens.
create function durable.told_names() returns text[] language sql immutable as $$
  select array['durable.run.completed', 'durable.run.failed', 'durable.run.cancelled']
    || array(select 'durable.alert.' || k from unnest(durable.alert_kinds()) as k)
$$;

create function durable.alert_defaults(p_kind text) returns jsonb language sql immutable as $$
  select (case p_kind
    when 'failed' then '{"count": 10, "within_s": 300}'
    when 'stuck' then '{"retrying_s": 3600, "waiting_s": 0}'
    when 'backlog' then '{"queued": 1000, "oldest_s": 300, "for_s": 180}'
    when 'missed' then '{"within_s": 600}'
    when 'circuit' then '{"for_s": 30}'
    when 'error' then '{"within_s": 86400}'
    else '{}' end)::jsonb
$$;

create function durable.in_seconds(p_options jsonb, p_name text) returns interval language sql immutable as $$
  select make_interval(secs => (p_options ->> p_name)::float8)
$$;

-- Runs of which one cannot go on by itself: those that need a person, and of the others those that are tried again, or wait, for too long.
create function durable.stuck_runs(p_workspace int, p_options jsonb) returns table (run_id uuid, why text) language sql stable as $$
  select q.id, 'paused' from (
    select r.id, r.pause_reason from durable.runs r where r.workspace_id = p_workspace and r.pause_reason is not null and r.status is null limit 10000) as q
    where q.pause_reason::json ->> 'name' <> 'Paused'
  union all
  select q.run_id, 'retrying' from (
    select t.run_id, t.step_id from durable.timers t where t.workspace_id = p_workspace and t.kind = 'retry' limit 10000) as q
    left join durable.steps s on s.workspace_id = p_workspace and s.run_id = q.run_id and s.step_id = q.step_id
    where durable.since_first_attempt_ms(p_workspace, q.run_id, q.step_id, s.resumed_after) > (p_options ->> 'retrying_s')::float8 * 1000
  union all
  select distinct w.run_id, 'waiting' from durable.waits w
    join durable.steps s on s.workspace_id = w.workspace_id and s.run_id = w.run_id and s.step_id = w.step_id
    where (p_options ->> 'waiting_s')::float8 > 0 and w.workspace_id = p_workspace
      and s.seq is null and s.committed_at < durable.durable_now() - durable.in_seconds(p_options, 'waiting_s')
$$;

-- What is wrong now, by the rules of each workspace. Minutes are counted by the machine's clock, all else by that of timers. A run that an
-- alert has started is none to tell of.
create function durable.alert_candidates() returns table (workspace_id int, kind text, key text, facts jsonb) language sql stable as $$
  with rule as materialized (
    select w.id as workspace_id, k.kind, durable.alert_defaults(k.kind) || coalesce(r.options::jsonb, '{}') as o
    from durable.workspaces w cross join unnest(durable.alert_kinds()) as k(kind)
    left join durable.alert_rules r on r.workspace_id = w.id and r.kind = k.kind
    where coalesce(r.enabled, true))
  select u.workspace_id, 'failed', f.function_id, jsonb_build_object('function', f.function_id, 'runs', f.failed, 'run', s.id)
    from rule u
    cross join lateral (
      select m.function_id, sum(m.failed)::int as failed from durable.metric_minutes m
      where m.workspace_id = u.workspace_id and m.minute > clock_timestamp() - durable.in_seconds(u.o, 'within_s')
      group by 1 having sum(m.failed) >= (u.o ->> 'count')::int) as f
    cross join lateral (
      select q.id from (
        select r.id from durable.runs r
        where r.workspace_id = u.workspace_id and r.function_id || '/' || r.status = f.function_id || '/failed' and r.status in ('failed', 'cancelled')
        order by r.id desc limit 20) as q
      where not durable.stems_from(u.workspace_id, q.id, 'durable.alert.') order by q.id desc limit 1) as s
    where u.kind = 'failed'
  union all
  select u.workspace_id, 'stuck', r.function_id, jsonb_build_object('function', r.function_id, 'runs', count(*), 'why', min(s.why), 'run', min(s.run_id::text))
    from rule u cross join lateral durable.stuck_runs(u.workspace_id, u.o) as s
    join durable.runs r on r.workspace_id = u.workspace_id and r.id = s.run_id
    where u.kind = 'stuck' and not durable.stems_from(u.workspace_id, s.run_id, 'durable.alert.')
    group by u.workspace_id, r.function_id
  union all
  select u.workspace_id, 'backlog', '', jsonb_build_object('queued', b.queued, 'oldest_s', b.oldest_s)
    from rule u cross join lateral (
      select (array_agg(m.queued order by m.minute desc))[1] as queued, round((array_agg(m.oldest_queued_ms order by m.minute desc))[1] / 1000) as oldest_s,
        bool_and(m.queued >= (u.o ->> 'queued')::int or coalesce(m.oldest_queued_ms, 0) >= (u.o ->> 'oldest_s')::float8 * 1000) as is_high,
        min(m.minute) as since, count(*) as minutes
      from durable.metric_backlogs m
      where m.workspace_id = u.workspace_id and m.minute > clock_timestamp() - durable.in_seconds(u.o, 'for_s') - interval '1 minute') as b
    where u.kind = 'backlog' and b.is_high and b.minutes >= greatest(1, floor((u.o ->> 'for_s')::float8 / 60))
  union all
  select u.workspace_id, 'missed', s.id, jsonb_build_object('schedule', s.id, 'function', k.function_id, 'ticks', sum((k.facts::json ->> 'count')::int))
    from rule u join durable.skips k on k.workspace_id = u.workspace_id and k.reason = 'missed'
    cross join lateral (select k.facts::json ->> 'schedule' as id) as s
    where u.kind = 'missed' and s.id is not null and k.at > durable.durable_now() - durable.in_seconds(u.o, 'within_s')
    group by u.workspace_id, s.id, k.function_id
  union all
  select u.workspace_id, 'circuit', '', jsonb_build_object('since', durable.rfc3339(c.since))
    from rule u join durable.circuits c on c.workspace_id = u.workspace_id
    where u.kind = 'circuit' and c.state = 'open' and c.since < clock_timestamp() - durable.in_seconds(u.o, 'for_s')
  union all
  select u.workspace_id, 'error', g.fingerprint, jsonb_build_object('error', g.fingerprint, 'name', g.name, 'returned', g.state_at is not null)
    from rule u join durable.error_groups g on g.workspace_id = u.workspace_id
    where u.kind = 'error' and g.state = 'open'
      and coalesce(case when g.state_by is null then g.state_at end, g.first_seen) > durable.durable_now() - durable.in_seconds(u.o, 'within_s')
      and (g.state_at is null or g.state_by is null)
      and exists (select 1 from durable.run_errors x where x.workspace_id = g.workspace_id and x.fingerprint = g.fingerprint
        and not durable.stems_from(x.workspace_id, x.run_id, 'durable.alert.'))
$$;

-- Whether anybody would hear of an alert of this kind: a function or a webhook, or a run that waits for it.
create function durable.is_alert_heard(p_workspace int, p_kind text) returns boolean language sql stable as $$
  select exists (select 1 from durable.end_listeners l where l.workspace_id = p_workspace and l.event_name = 'durable.alert.' || p_kind)
    or exists (select 1 from durable.wait_patterns p where p.workspace_id = p_workspace and p.event_name = 'durable.alert.' || p_kind)
$$;

-- Compares what is wrong now with what is open. An alert is told once, and once more when it is over: for a minute nothing was wrong. At most
-- a hundred an hour are told of a workspace: of those that are new, and not muted. Those beyond it are summed up: `more` is wrong while there
-- were any within the hour, and says how many since it began. False: another engine looks, or somebody has just looked.
create function durable.look_for_alerts(p_every_ms float8) returns boolean language plpgsql as $$
#variable_conflict use_column
declare
  v_now constant timestamptz := durable.durable_now();
  v_cursor durable.alert_cursor;
begin
  select * into v_cursor from durable.alert_cursor for update skip locked;
  if not found or v_cursor.looked_at > clock_timestamp() - p_every_ms * interval '1 millisecond' then
    return false;
  end if;
  update durable.alert_cursor set looked_at = clock_timestamp();
  insert into durable.alerts as a (workspace_id, id, kind, key, facts, told, capped, fired_at, seen_at)
    select n.workspace_id, durable.new_id(), n.kind, n.key, n.facts::text, not n.muted and n.place + t.told <= 100, not n.muted and n.place + t.told > 100, v_now, v_now
    from (
      select c.*, m.muted, row_number() over (partition by c.workspace_id, m.muted, m.is_open order by c.kind, c.key) as place
      from (select * from durable.alert_candidates() union all select * from durable.webhook_alerts()) as c
      left join durable.alert_rules r on r.workspace_id = c.workspace_id and r.kind = c.kind
      cross join lateral (select coalesce(r.muted_until > v_now, false) as muted, exists (select 1 from durable.alerts o
        where o.workspace_id = c.workspace_id and o.kind = c.kind and o.key = c.key and o.resolved_at is null) as is_open) as m) as n
    cross join lateral (select count(*) as told from durable.alerts o
      where o.workspace_id = n.workspace_id and o.told and o.kind <> 'more' and o.fired_at > v_now - interval '1 hour') as t
    order by n.workspace_id, n.kind, n.key
    on conflict (workspace_id, kind, key) where resolved_at is null do update set seen_at = excluded.seen_at, facts = excluded.facts;
  insert into durable.alerts as a (workspace_id, id, kind, key, facts, told, fired_at, seen_at)
    select c.workspace_id, durable.new_id(), 'more', '',
      jsonb_build_object('alerts', count(*) filter (where c.fired_at >= coalesce(o.fired_at, '-infinity')),
        'kinds', string_agg(distinct c.kind, ', ') filter (where c.fired_at >= coalesce(o.fired_at, '-infinity')))::text,
      coalesce(r.muted_until <= v_now, true), v_now, v_now
    from durable.alerts c
    left join durable.alert_rules r on r.workspace_id = c.workspace_id and r.kind = 'more'
    left join durable.alerts o on o.workspace_id = c.workspace_id and o.kind = 'more' and o.key = '' and o.resolved_at is null
    where c.capped and c.fired_at > least(v_now - interval '1 hour', coalesce(o.fired_at, v_now) - interval '1 microsecond') and coalesce(r.enabled, true)
    group by c.workspace_id, r.muted_until having max(c.fired_at) > v_now - interval '1 hour' order by 1
    on conflict (workspace_id, kind, key) where resolved_at is null do update set seen_at = excluded.seen_at, facts = excluded.facts;
  insert into durable.alert_notices (workspace_id, alert_id, state, at)
    select a.workspace_id, a.id, 'fired', v_now from durable.alerts a
    where a.resolved_at is null and a.fired_at = v_now and a.told and durable.is_alert_heard(a.workspace_id, a.kind)
    on conflict do nothing;
  with over as (
    update durable.alerts a set resolved_at = v_now
      where a.resolved_at is null and a.seen_at < v_now - case a.kind when 'circuit' then 0 else 60 end * interval '1 second'
      returning a.workspace_id, a.id, a.kind, a.told)
  insert into durable.alert_notices (workspace_id, alert_id, state, at)
    select o.workspace_id, o.id, 'resolved', v_now from over o where o.told and durable.is_alert_heard(o.workspace_id, o.kind)
    on conflict do nothing;
  delete from durable.alerts a where a.resolved_at < v_now - interval '30 days';
  return true;
end $$;

create function durable.clear_alert_notices(q_workspace int[], q_alert uuid[], q_state text[]) returns void language sql volatile as $$
  delete from durable.alert_notices o using unnest(q_workspace, q_alert, q_state) as q(workspace, alert, state)
    where o.workspace_id = q.workspace and o.alert_id = q.alert and o.state = q.state
$$;

-- A person sets a rule. What is null stays as it is; an option that is null goes back to the default; a mute that is over is none.
create function durable.set_alert_rule(
  p_workspace int, p_kind text, p_enabled boolean, p_mute_s float8, p_options jsonb, p_actor text, p_reason text) returns void
language plpgsql as $$
begin
  insert into durable.alert_rules as r (workspace_id, kind, enabled, options, muted_until)
    values (p_workspace, p_kind, coalesce(p_enabled, true), jsonb_strip_nulls(coalesce(p_options, '{}'))::text,
      durable.durable_now() + p_mute_s * interval '1 second')
    on conflict (workspace_id, kind) do update
      set enabled = coalesce(p_enabled, r.enabled), options = jsonb_strip_nulls(r.options::jsonb || coalesce(p_options, '{}'))::text,
          muted_until = coalesce(excluded.muted_until, r.muted_until);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'alert.rule', p_kind,
      json_strip_nulls(json_build_object('enabled', p_enabled, 'mute_s', p_mute_s, 'options', p_options, 'reason', p_reason))::text);
end $$;
