-- Bulks: one action over many runs, a few at a time (decision 0041). Any engine takes pieces of any bulk; what is done with an
-- item is decided under the bulk's row and its own, so twice is once.

create table durable.bulks (
  workspace_id int not null,
  id uuid not null,
  action text not null,                      -- cancel | pause | resume | rerun | retry
  filter text not null,                      -- JSON, as it was asked for
  canary int not null,                       -- after so many items it is held until a person continues it; 0: never
  status text not null,                      -- canary | held | running | paused | completed | aborted
  items int not null,
  actor text not null,
  reason text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (workspace_id, id)
);
create trigger told after insert or update or delete on durable.bulks
  for each row execute function durable.note_topic('bulk', 'id');
create index bulks_at_work on durable.bulks (workspace_id, id) where status in ('canary', 'running');

-- The runs that the filter met when the bulk was made, the newest first.
create table durable.bulk_items (
  workspace_id int not null,
  bulk_id uuid not null,
  no int not null,                           -- from 1
  run_id uuid not null,
  status text not null default 'waiting',    -- waiting | done | refused
  detail text,                               -- done: where the run was then; refused: why
  new_run_id uuid,                           -- the one that was made of it
  taken_until timestamptz,                   -- an engine works on it; after that another one may
  at timestamptz,
  primary key (workspace_id, bulk_id, no)
);
create index bulk_items_waiting on durable.bulk_items (workspace_id, bulk_id, no) where status = 'waiting';

-- So many items of one bulk that is at work, whichever; of a canary none behind it. Nobody waits for a lock.
create function durable.take_bulk_items(p_limit int)
returns table (workspace_id int, bulk_id uuid, no int, run_id uuid, action text, actor text, reason text)
language plpgsql as $$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_bulk durable.bulks;
begin
  select b.* into v_bulk from durable.bulks b where b.status in ('canary', 'running') and exists (
      select 1 from durable.bulk_items i where i.workspace_id = b.workspace_id and i.bulk_id = b.id and i.status = 'waiting'
        and (i.taken_until is null or i.taken_until < v_now) and (b.status = 'running' or i.no <= b.canary))
    order by random() limit 1;
  return query
    with piece as materialized (
      select i.no from durable.bulk_items i
      where i.workspace_id = v_bulk.workspace_id and i.bulk_id = v_bulk.id and i.status = 'waiting'
        and (i.taken_until is null or i.taken_until < v_now) and (v_bulk.status = 'running' or i.no <= v_bulk.canary)
      order by i.no limit p_limit for update skip locked)
    update durable.bulk_items i set taken_until = v_now + interval '30 seconds' from piece p
      where i.workspace_id = v_bulk.workspace_id and i.bulk_id = v_bulk.id and i.no = p.no and i.status = 'waiting'
      returning i.workspace_id, i.bulk_id, i.no, i.run_id, v_bulk.action, v_bulk.actor, v_bulk.reason;
end $$;

-- Whether the item is still to be done: its bulk is at work, and nobody was faster. Holds both rows from then on.
create function durable.begin_bulk_item(p_workspace int, p_bulk uuid, p_no int) returns boolean
language plpgsql as $$
declare
  v_bulk durable.bulks;
begin
  select * into v_bulk from durable.bulks b where b.workspace_id = p_workspace and b.id = p_bulk for update;
  if v_bulk.status not in ('canary', 'running') or v_bulk.status = 'canary' and p_no > v_bulk.canary then
    return false;
  end if;
  perform 1 from durable.bulk_items i
    where i.workspace_id = p_workspace and i.bulk_id = p_bulk and i.no = p_no and i.status = 'waiting' for update;
  return found;
end $$;

-- What came of the item. With the last one the bulk is over; with the last of the canary it is held. The caller holds both rows.
create function durable.end_bulk_item(p_workspace int, p_bulk uuid, p_no int, p_status text, p_detail text, p_new_run uuid) returns void
language plpgsql as $$
begin
  update durable.bulk_items i set status = p_status, detail = p_detail, new_run_id = p_new_run, taken_until = null, at = durable.durable_now()
    where i.workspace_id = p_workspace and i.bulk_id = p_bulk and i.no = p_no;
  insert into durable.changes (workspace_id, kind, subject) values (p_workspace, 'bulk', p_bulk::text);
  if not exists (select 1 from durable.bulk_items i where i.workspace_id = p_workspace and i.bulk_id = p_bulk and i.status = 'waiting') then
    update durable.bulks b set status = 'completed', ended_at = durable.durable_now() where b.workspace_id = p_workspace and b.id = p_bulk;
  else
    update durable.bulks b set status = 'held'
      where b.workspace_id = p_workspace and b.id = p_bulk and b.status = 'canary' and not exists (
        select 1 from durable.bulk_items i
        where i.workspace_id = p_workspace and i.bulk_id = p_bulk and i.status = 'waiting' and i.no <= b.canary);
  end if;
end $$;

-- Cancels, pauses or resumes the run of an item. p_failure: why it is paused, as `pause_run` takes it. Locks live_runs first.
create function durable.act_on_bulk_item(p_workspace int, p_bulk uuid, p_no int, p_actor text, p_reason text, p_failure text) returns void
language plpgsql as $$
declare
  v_run uuid;
  v_action text;
  v_status text;
  v_done boolean;
begin
  select i.run_id, b.action into v_run, v_action from durable.bulk_items i
    join durable.bulks b on b.workspace_id = i.workspace_id and b.id = i.bulk_id
    where i.workspace_id = p_workspace and i.bulk_id = p_bulk and i.no = p_no;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = v_run for update;
  if not durable.begin_bulk_item(p_workspace, p_bulk, p_no) then
    return;
  end if;
  if v_action = 'cancel' then
    v_status := durable.cancel_run(p_workspace, v_run, p_actor, p_reason);
    v_done := v_status not in ('completed', 'failed');
  elsif v_action = 'pause' then
    v_status := durable.pause_run(p_workspace, v_run, p_actor, p_reason, p_failure);
    v_done := v_status in ('paused', 'pausing');
  else
    select r.o_status, r.o_resumed into v_status, v_done from durable.resume_run(p_workspace, v_run, p_actor, p_reason) as r;
  end if;
  perform durable.end_bulk_item(p_workspace, p_bulk, p_no, case when v_done then 'done' else 'refused' end, v_status, null);
end $$;

-- The run of an item cannot be run again; p_detail says why.
create function durable.refuse_bulk_item(p_workspace int, p_bulk uuid, p_no int, p_detail text) returns void
language plpgsql as $$
begin
  if durable.begin_bulk_item(p_workspace, p_bulk, p_no) then
    perform durable.end_bulk_item(p_workspace, p_bulk, p_no, 'refused', p_detail, null);
  end if;
end $$;

-- A person continues, pauses or aborts a bulk. Pausing and aborting hold from this commit on. Answers whether it was done, and
-- where the bulk is; null for an unknown one.
create function durable.steer_bulk(p_workspace int, p_bulk uuid, p_actor text, p_do text, p_reason text, out o_done boolean, out o_status text)
language plpgsql as $$
declare
  v_to text;
begin
  select b.status into o_status from durable.bulks b where b.workspace_id = p_workspace and b.id = p_bulk for update;
  o_done := false;
  v_to := case
    when p_do = 'continue' and o_status in ('held', 'paused') then 'running'
    when p_do = 'pause' and o_status in ('canary', 'running') then 'paused'
    when p_do = 'abort' and o_status not in ('completed', 'aborted') then 'aborted' end;
  if v_to is null then
    return;
  end if;
  update durable.bulks b set status = v_to, ended_at = case when v_to = 'aborted' then durable.durable_now() end
    where b.workspace_id = p_workspace and b.id = p_bulk;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'bulk.' || p_do, p_bulk::text, p_reason);
  o_done := true;
  o_status := v_to;
end $$;
