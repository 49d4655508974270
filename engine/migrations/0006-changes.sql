-- What changed, written in every commit: what streams read (decision 0038). No decision is made from it.
--
--     commits ->  changes  --rotate_changes-->  changes_before  --> dropped
--                    \_______________ read_______________/
--
-- A reader keeps the snapshot of its last read. What it has not seen is what that snapshot did not: transactions that were
-- under way then, and younger ones. Both are found by `xid`, so nothing is missed and nothing doubled in whatever order
-- transactions commit, and one that stays open for an hour holds up nobody.

-- Positions are given under the row of their run: those of one run are in the order of its commits. Not so `xid`, which
-- a transaction may have had before it waited for that row.
create sequence durable.change_positions;

create table durable.changes (
  position bigint not null default nextval('durable.change_positions'),
  xid xid8 not null default pg_current_xact_id(),
  workspace_id int not null,
  run_id uuid,                               -- null of what is no run
  kind text not null,                        -- run.* | schedule, limit and other topics (0033)
  journal_seq int,                           -- of the run; null where nothing was settled
  subject text,                              -- which schedule, limit, ...; of run.logs: its first and last line
  at timestamptz not null default clock_timestamp()
);
create index changes_by_xid on durable.changes (xid);

-- Dropped when `changes` takes its place: nothing is deleted row by row, and nothing is vacuumed for it.
create table durable.changes_before (like durable.changes including defaults);
create index changes_before_by_xid on durable.changes_before (xid);

-- Rows of a transaction are never moved aside before it is over: whoever has seen the rotation that moved rows aside
-- has seen the rows.
create table durable.change_log (
  dropped xid8 not null,                     -- the rotation that moved aside what was dropped last
  rotated xid8 not null,                     -- the last one
  rotated_at timestamptz not null,
  position bigint not null                   -- the last one given by then
);
insert into durable.change_log values ('0', '0', clock_timestamp(), 0);

-- Within a database's life transactions are numbered upwards. A restored one, or one that has crashed, may use numbers
-- again that somebody has seen. Postgres empties an unlogged table after a crash, on a standby and in a backup of its
-- files; in a dump its row is written by another transaction than it says.
create unlogged table durable.epochs (
  id uuid primary key default gen_random_uuid(),
  xid xid8 not null default pg_current_xact_id()
);

-- Null: none has begun.
create function durable.epoch() returns text language sql stable as $$
  select left(e.id::text, 8) from durable.epochs e
  where e.xmin::text = (e.xid::text::numeric % 4294967296)::text order by e.xid desc limit 1
$$;

create function durable.begin_epoch() returns text language plpgsql as $$
begin
  lock table durable.epochs in share row exclusive mode;
  if durable.epoch() is null then
    delete from durable.epochs;
    insert into durable.epochs default values;
  end if;
  return durable.epoch();
end $$;

-- Of two states of one thing that were read in one epoch, the one with the higher revision is younger: so many
-- transactions were over when it was read. Read in the statement that reads the state.
create function durable.revision() returns bigint language sql stable as $$
  select pg_snapshot_xmax(s)::text::bigint - (select count(*) from pg_snapshot_xip(s)) from pg_current_snapshot() as s
$$;

-- Keeps between one and two times p_rows or p_age, whichever is less. Waits for commits under way for a tenth of a second at
-- most (others wait behind it); else it fails and is asked again. Answers whether it did something.
create function durable.rotate_changes(p_rows bigint, p_age interval) returns boolean language plpgsql as $$
declare
  v_log durable.change_log;
  v_position bigint;
begin
  select * into v_log from durable.change_log for update skip locked;
  select last_value into v_position from durable.change_positions;
  if v_log is null or v_position - v_log.position < p_rows and clock_timestamp() - v_log.rotated_at < p_age then
    return false;
  end if;
  perform set_config('lock_timeout', '100', true);
  lock table durable.changes in access exclusive mode;
  update durable.change_log
    set dropped = rotated, rotated = pg_current_xact_id(), rotated_at = clock_timestamp(), position = v_position;
  drop table durable.changes_before;
  alter table durable.changes rename to changes_before;
  alter index durable.changes_by_xid rename to changes_before_by_xid;
  create table durable.changes (like durable.changes_before including defaults);
  create index changes_by_xid on durable.changes (xid);
  return true;
end $$;
