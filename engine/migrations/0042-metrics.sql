-- Figures by the minute, so that the history of a backlog needs no other store. Made of `changes`, which every commit writes, off its
-- path: nothing here is written by a commit.

-- One row: how far it was read. Whoever holds it rolls up; what it read and how far are one transaction, so each change is counted
-- once, whoever dies when. As streams do (0006), it is a snapshot: who commits late is counted late, in the minute of its change.
create table durable.metric_cursor (
  id boolean primary key default true check (id),
  snapshot pg_snapshot not null,
  read_at timestamptz not null,
  sampled_at timestamptz not null,           -- the minute whose backlog was counted last
  lost_at timestamptz                        -- when changes had been dropped that nobody had counted
);
insert into durable.metric_cursor (snapshot, read_at, sampled_at) values (pg_current_snapshot(), clock_timestamp(), '-infinity');

create table durable.metric_minutes (
  workspace_id int not null,
  minute timestamptz not null,
  function_id text not null,
  started int not null,
  completed int not null,
  failed int not null,
  cancelled int not null,
  failed_attempts int not null,              -- tries in vain, of runs that ended in that minute
  primary key (workspace_id, minute, function_id)
) with (fillfactor = 50);

-- How long runs took that ended in that minute, in buckets four to the octave: bucket b holds what is at most 2^(b/4) ms.
create table durable.metric_phases (
  workspace_id int not null,
  minute timestamptz not null,
  function_id text not null,
  phase text not null,                       -- total | limit, of the run | queue | network | app, of its last dispatch
  bucket smallint not null,
  count int not null,
  primary key (workspace_id, minute, function_id, phase, bucket)
) with (fillfactor = 50);

-- The backlog, once a minute.
create table durable.metric_backlogs (
  workspace_id int not null,
  minute timestamptz not null,
  queued int not null,                       -- with those that stand at a limit or are held by a pause
  parked int not null,                       -- jobs of those
  running int not null,
  waiting int not null,
  paused int not null,
  oldest_queued_ms float8,                   -- null: none is queued
  circuit text not null,                     -- closed | open | limited: its app's endpoint
  primary key (workspace_id, minute)
);

create function durable.metric_bucket(p_ms float8) returns smallint language sql immutable as $$
  select case when p_ms <= 1 then 0 else least(127, ceil(ln(p_ms) / ln(2) * 4))::smallint end
$$;

-- The changes that this snapshot sees and the other did not. Both conditions on xid are the index's.
create function durable.changes_between(p_from pg_snapshot, p_to pg_snapshot)
returns table (workspace_id int, run_id uuid, kind text, at timestamptz) language sql stable as $$
  select c.workspace_id, c.run_id, c.kind, c.at from (
    select * from durable.changes where xid >= pg_snapshot_xmax(p_from)
    union all
    select * from durable.changes where xid = any (array(select pg_snapshot_xip(p_from)))
    union all
    select * from durable.changes_before where xid >= pg_snapshot_xmax(p_from)
    union all
    select * from durable.changes_before where xid = any (array(select pg_snapshot_xip(p_from)))) as c
  where pg_visible_in_snapshot(c.xid, p_to)
$$;
