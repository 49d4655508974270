-- Runs that have ended and whose spans are still to be told to a collector (decision 0045). Made of `changes`, as the figures are
-- (0042): no commit writes anything for it, and where no collector is named nobody calls any of this.

-- One row, from the first engine on that has a collector: how far `changes` were read, as a snapshot (0006).
create table durable.telemetry_cursor (
  id boolean primary key default true check (id),
  snapshot pg_snapshot not null,
  read_at timestamptz not null
);

-- Obligation: it has ended, and the collector has not taken it. Gone when it has, or when it is too old.
create table durable.telemetry_runs (
  workspace_id int not null,
  run_id uuid not null,
  ended_at timestamptz not null,
  leased_until timestamptz not null default '-infinity',  -- an engine is at it until then
  primary key (workspace_id, run_id)
) with (fillfactor = 50);
create index telemetry_runs_by_end on durable.telemetry_runs (ended_at);

-- Notes what has ended since the last time. What is older than p_age goes, and of more than p_rows the oldest: o_dropped, so many
-- will never be told. o_lost: others were forgotten before anybody had noted them. Locks the cursor, or does nothing.
create function durable.note_ended_runs(p_rows int, p_age interval, out o_dropped int, out o_lost boolean)
language plpgsql as $$
declare
  v_cursor durable.telemetry_cursor;
  v_to pg_snapshot;
  v_noted int;
begin
  o_dropped := 0;
  o_lost := false;
  insert into durable.telemetry_cursor (snapshot, read_at) values (pg_current_snapshot(), clock_timestamp()) on conflict do nothing;
  select * into v_cursor from durable.telemetry_cursor for update skip locked;
  if not found then
    return;
  end if;
  v_to := pg_current_snapshot();
  -- Of another life of the database, whose transactions have other numbers: see epochs (0006).
  if pg_snapshot_xmax(v_cursor.snapshot) > pg_snapshot_xmax(v_to) then
    v_cursor.snapshot := v_to;
    o_lost := true;
  end if;
  o_lost := o_lost or not pg_visible_in_snapshot((select l.dropped from durable.change_log l), v_cursor.snapshot);
  insert into durable.telemetry_runs (workspace_id, run_id, ended_at)
    select c.workspace_id, c.run_id, c.at from durable.changes_between(v_cursor.snapshot, v_to) as c
    where c.kind in ('run.completed', 'run.failed', 'run.cancelled')
    order by 1, 2 on conflict do nothing;
  get diagnostics v_noted = row_count;
  -- A cursor that stands still for a few seconds costs a few rows that are read again; one that is written each time, a write.
  if v_noted > 0 or o_lost or v_cursor.read_at < clock_timestamp() - interval '10 seconds' then
    update durable.telemetry_cursor set snapshot = v_to, read_at = clock_timestamp();
    with gone as (
      delete from durable.telemetry_runs t
        where t.ended_at < clock_timestamp() - p_age
          or (t.workspace_id, t.run_id) in (
            select m.workspace_id, m.run_id from durable.telemetry_runs m order by m.ended_at desc offset p_rows)
        returning 1)
    select count(*) into o_dropped from gone;
  end if;
end $$;

-- The oldest that nobody is at, for so long.
create function durable.claim_ended_runs(p_limit int, p_lease interval)
returns table (workspace_id int, run_id uuid, app text, environment text)
language sql volatile as $$
  with due as (
    select t.workspace_id, t.run_id from durable.telemetry_runs t where t.leased_until < clock_timestamp()
    order by t.ended_at limit p_limit for update skip locked
  )
  update durable.telemetry_runs t set leased_until = clock_timestamp() + p_lease
    from due join durable.workspaces w on w.id = due.workspace_id
    where t.workspace_id = due.workspace_id and t.run_id = due.run_id
    returning t.workspace_id, t.run_id, w.app, w.environment
$$;
