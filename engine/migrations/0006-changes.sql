-- What changed, written in every commit. A bigserial is not commit-ordered: readers stop below
-- pg_snapshot_xmin(pg_current_snapshot()) and never decide anything from it.
create table durable.changes (
  position bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  workspace_id int not null,
  run_id uuid not null,
  kind text not null,
  journal_seq int not null,
  at timestamptz not null default clock_timestamp()
);
