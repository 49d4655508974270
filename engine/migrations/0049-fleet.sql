-- What each engine process is at, told with the heartbeat that it sends anyway: who looks at all of them asks none of them, and counts no
-- leases, for which live_runs would have to be read as a whole.
alter table durable.engines
  add column slots_used int,                 -- at its last heartbeat; null before the first
  add column leases int;                     -- that it held then: of runs and of tasks

drop function durable.heartbeat(int);

-- Updated in place, as before: no index is on what changes. The database's time in epoch milliseconds, or null when the engine was declared
-- dead. Lost with a crash of the server, and sent again a second later. One that says nothing of its load is older than this.
create function durable.heartbeat(p_engine int, p_slots_used int = null, p_leases int = null) returns float8
language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  update durable.engines set seen_at = clock_timestamp(), slots_used = p_slots_used, leases = p_leases
    where id = p_engine and state in ('live', 'draining');
  return case when found then extract(epoch from clock_timestamp())::float8 * 1000 end;
end $$;
