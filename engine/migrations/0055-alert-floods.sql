-- Beyond a hundred alerts in an hour a workspace is told one that stands for all of them, instead of nothing.

alter table durable.alerts add column capped boolean not null default false;  -- not told because there were too many

create or replace function durable.alert_kinds() returns text[] language sql immutable as $$
  select array['failed', 'stuck', 'backlog', 'missed', 'circuit', 'error', 'webhook', 'more']
$$;

-- Who listens to all kinds, by a pattern, listens to this one too: it was not known when that was written down.
insert into durable.end_listeners (workspace_id, event_name, listener)
  select l.workspace_id, 'durable.alert.more', l.listener from durable.end_listeners l where l.event_name like 'durable.alert.%'
  group by 1, 3 having count(*) = cardinality(durable.alert_kinds()) - 1
  on conflict do nothing;

-- As in 0047, but for two things. Only those that are new, and not muted, count towards the hundred: before, one that lasted counted at every look.
-- And those beyond it are summed up: `more` is wrong while there were any within the hour, and says how many since it began.
create or replace function durable.look_for_alerts(p_every_ms float8) returns boolean language plpgsql as $$
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
