-- Runs, live_runs and steps have no CHECK: each costs 10 us per statement, whatever its rows, because Postgres parses
-- it anew (measured: 45 us of a commit of 330). What the comments say of their columns is an invariant like the
-- others, and is checked where those are.

-- Cold: written once when the run starts and once when it ends. While it lives its status is in live_runs.
create table durable.runs (
  workspace_id int not null,
  id uuid not null,
  function_id text not null,
  function_version int not null,
  event_id uuid not null,                    -- its cause
  status text,                               -- completed | failed | cancelled, or null: see live_runs
  created_at timestamptz not null,
  begins_at timestamptz,                     -- born asleep: it began, or begins, then; null began at once
  begin_cause text,                          -- why so late: delay | jitter | debounce | batch | rate-limit
  ended_at timestamptz,
  output text,                               -- as received
  failure text,                              -- why it failed, also while its steps are undone
  pause_reason text,                         -- why it is paused, as a failure
  unclaimed int,                             -- results nobody asked for when it ended
  end_fence uuid,                            -- the fence that ended it: tells a repeated commit from a lost one
  scheduled_at timestamptz, leased_at timestamptz, sent_at timestamptz, first_byte_at timestamptz,
  received_at timestamptz, app_ms real,      -- of the last dispatch
  dispatch uuid,                             -- its fence; the first half names its span in the run's trace
  origin_run_id uuid,                        -- the run that it goes over again
  origin_kind text,                          -- rerun | from-step | retry
  origin_step_id uuid,                       -- the step of it from which it begins
  kept int,                                  -- so many entries of its journal it was born with
  primary key (workspace_id, id)
) partition by range (id);
create table durable.runs_default partition of durable.runs default;
create index runs_by_origin on durable.runs (workspace_id, origin_run_id) where origin_run_id is not null;

-- The first of those that were made of each other, and are still kept.
create function durable.first_origin(p_workspace int, p_run uuid) returns uuid
language sql stable as $$
  with recursive line(run_id, origin) as (
    select r.id, r.origin_run_id from durable.runs r where r.workspace_id = p_workspace and r.id = p_run
    union all
    select r.id, r.origin_run_id from line l join durable.runs r on r.workspace_id = p_workspace and r.id = l.origin
  )
  select l.run_id from line l where l.origin is null
    or not exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = l.origin)
$$;

-- Lists by these ends must not walk a million completed runs.
create index runs_by_bad_end on durable.runs (workspace_id, status, id) where status in ('failed', 'cancelled');

-- Narrow and hot: one row per run that has not ended, updated in place at every step (HOT: no index on
-- anything that changes). It is at once the run's status, its lease (engine, fence) and its journal's head.
-- Every writer of a run takes this row first; see 0007 for the lock order.
create table durable.live_runs (
  workspace_id int not null,
  run_id uuid not null,
  status text not null,                      -- queued | running | waiting | paused
  fence uuid not null,                       -- names the lease; random, new for every dispatch
  engine_id int,                             -- who holds the lease, exactly while running
  journal_seq int not null default 0,        -- settled entries so far
  run_attempt int not null default 0,        -- failed attempts of the function body since the last progress
  transport_attempt int not null default 0,  -- dispatches without a usable answer since the last one with
  lost int not null default 0,               -- leases lost with a dead engine since the last outcome
  ready_rank bigint,                         -- the key of its job in ready, exactly while queued
  ending text,                               -- failing | cancelling: it ends so when its steps are undone; only that is dispatched
  pausing boolean not null default false,    -- somebody asked for a pause while it was running: at its next commit
  moving boolean not null default false,     -- somebody moved it while it was running: let go at its next commit
  run_gates uuid[],                          -- gates it passes once and holds until it ends; null for none
  step_gates uuid[],                         -- gates that each of its leases passes
  units int,                                 -- what its start costs at its throttle; null is 1
  priority int,                              -- seconds by which its jobs go earlier; null is 0
  tenant uuid,                               -- whose it is where its function is fair; null for none
  came bigint,                               -- when its job became ready, where that is not ready_rank
  primary key (workspace_id, run_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Append-only but for pending entries. `seq` numbers the settled ones 1..n without a gap: the memo's order.
create table durable.steps (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,                     -- first 128 bits of SHA-256(scope, name, n)
  seq int,                                   -- exactly of the settled ones
  scope uuid,                                -- the branch or group it stands in; null is the handler itself
  op text not null,
  name text not null,
  n int not null,
  status text not null,                      -- ok | err (settled) | pending | retrying | cancelled (its race was lost, its run ended)
  value text,                                -- as received
  failure text,
  attempt int not null default 1,            -- tried so often; 0 is a planned step whose task has not run
  resumed_after int,                         -- the attempt after which a person resumed it: then it gets as many again
  event_id uuid,                             -- the event that resolved a wait
  due_at timestamptz,                        -- end of a sleep, timeout of a wait, next attempt of a step
  scheduled_at timestamptz, leased_at timestamptz, sent_at timestamptz, first_byte_at timestamptz,
  received_at timestamptz, app_ms real,      -- of the dispatch that made the entry
  dispatch uuid,                             -- its fence; the first half names its span in the run's trace
  committed_at timestamptz not null default clock_timestamp(),  -- made, or last tried; settling leaves it
  settled_at timestamptz,
  primary key (workspace_id, run_id, step_id)
) partition by range (run_id);
create table durable.steps_default partition of durable.steps default;

-- A result never changes: neither code nor an operator can rewrite a settled entry.
create function durable.refuse_rewrite() returns trigger language plpgsql as $$
begin
  raise exception 'step % of run % is settled; a result never changes', old.step_id, old.run_id;
end $$;
create trigger steps_settled before update on durable.steps
  for each row when (old.seq is not null) execute function durable.refuse_rewrite();

-- Every attempt of a step that needed more than one, every dispatch of a task (its fence is looked for here when a
-- commit is repeated), and every dispatch of a run that left nothing else (step_id is then all zeros): without a usable
-- answer, or as a `turn` with one that brought nothing new. A step that
-- succeeded at once, inline, has its times on its own row. What came too late to be recorded is here too, with what it
-- said, beside what ended the attempt before.
create table durable.attempts (
  workspace_id int not null,
  run_id uuid not null,
  fence uuid not null,                       -- of the dispatch
  step_id uuid not null,
  attempt int not null,
  outcome text not null check (outcome in ('ok', 'failed', 'transport', 'protocol', 'late', 'lost', 'turn')),
  failure text,
  name text,                                 -- of the step of a late result: it may have no entry
  value text,                                -- of a late result, as received
  scheduled_at timestamptz, leased_at timestamptz, sent_at timestamptz, first_byte_at timestamptz,
  received_at timestamptz, app_ms real,
  committed_at timestamptz not null default durable.durable_now(),  -- a policy's longest duration counts from it
  primary key (workspace_id, run_id, step_id, fence, outcome)
) partition by range (run_id);
create table durable.attempts_default partition of durable.attempts default;

-- Nobody waits for it any more, so a large one is not worth its place.
create function durable.late_value(p_value text) returns text language sql immutable as $$
  select case when octet_length(p_value) <= 65536 then p_value end
$$;

-- Whether this is what the step came to, so that nothing of it is late.
create function durable.is_recorded(p_workspace int, p_run uuid, p_step uuid, p_value text, p_failure text)
returns boolean language sql stable as $$
  select exists (select 1 from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step and s.seq is not null
      and s.value is not distinct from p_value and s.failure is not distinct from p_failure)
$$;
