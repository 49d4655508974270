create schema durable;

-- The one clock that timers, retries, limits and schedules read. STABLE, so that it may stand in an index
-- condition (`due_at <= clock_timestamp()` filters every row instead). A test that travels in time replaces this
-- function. Leases and signatures never read it; they use real time.
create function durable.durable_now() returns timestamptz
language sql stable parallel safe as $$ select statement_timestamp() $$;

-- One row per engine process, for ever: an id is never used twice, so a zombie cannot be taken for its successor.
-- Heartbeats update the row in place (HOT: no index on what changes); leases carry only the engine's id.
create table durable.engines (
  id int generated always as identity primary key,
  state text not null default 'live' check (state in ('live', 'draining', 'stopped', 'dead')),
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  lease_ms int not null check (lease_ms > 0),
  slots int not null,
  host text not null,
  pid int not null,
  version text not null
) with (fillfactor = 50);
