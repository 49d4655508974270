-- One row of work each: "continue this run", or with a step "run its task". Ready holds only what can run now; the key is the claim's order
-- (a matching index costs 1 ms at a million rows, another one 650 ms). Insert, delete, never update.
create table durable.ready (
  rank bigint not null,                      -- microseconds of durable_now() when it became ready
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null default '00000000-0000-0000-0000-000000000000',
  primary key (rank, workspace_id, run_id, step_id)
) with (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- A step with a lease of its own: planned by user code (`step`: the app is asked for this one body), or a call that
-- the engine makes itself (`fetch`). Its entry in `steps` is open exactly as long as it has this row. Updated in place,
-- like live_runs, whose row is always locked before; the claim alone skips that, and waits for nothing.
create table durable.tasks (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  kind text not null,                        -- step | once (a step that runs at most once) | fetch
  status text not null,                      -- queued | running | waiting (for its timer; without one: for a person)
  fence uuid not null,                       -- names the lease; new for every dispatch
  engine_id int,                             -- who holds the lease, exactly while running
  transport_attempt int not null default 0,  -- dispatches without a usable answer since the last one with
  lost int not null default 0,               -- leases lost with a dead engine since the last outcome
  ready_rank bigint,                         -- the key of its job in ready, exactly while queued
  request text,                              -- what a fetch asks for; of a step, within which time it must be heard of
  started uuid,                              -- of `once`: the fence under which its code may have begun, until that is known
  gates uuid[],                              -- the step gates of its run, which its lease passes; null for none
  priority int, came bigint,                 -- as of its run
  primary key (workspace_id, run_id, step_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Wake a run or a task at a time. step_id is all zeros for a retry of the function body, and for the beginning of a
-- run that was born asleep; `start` and `finish` are the run's own time limits, under ...01 and ...02.
create table durable.timers (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  kind text not null check (kind in ('sleep', 'timeout', 'retry', 'start', 'finish', 'task', 'invoke', 'input', 'begin')),
  due_at timestamptz not null,
  primary key (workspace_id, run_id, step_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index timers_due on durable.timers (due_at);

-- Open waits, one row per event that is waited for, found by (name, hash of the declared match paths).
create table durable.waits (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,                     -- all zeros of mode cancel: it belongs to the run
  key text not null,                         -- which of several; '' is the only one
  ordinal int not null,                      -- as asked for: of two waits for one event the first gets it
  mode text not null,                        -- what an event does: event, signal, any (end the wait) | all (fill its row) | cancel
  event_name text not null,
  match text not null,                       -- {"path": scalar}, as declared
  match_hash uuid not null,
  condition text,                            -- CEL that must hold as well; evaluated outside of the database
  since timestamptz not null,                -- look-back reaches from here: the run's start, unless told
  until timestamptz,                         -- later events do not count (mode cancel)
  looked_back boolean not null default false,-- false is an obligation: nobody has walked the past for it to the end
  looked_at timestamptz, looked_id uuid,     -- so far: (received_at, id) of the last event it walked over
  looked_count int not null default 0,       -- how many those were; at the limit the rest of the past is not walked
  looks int not null default 0,              -- how often it has begun anew; what was read in an earlier walk counts no more
  event_id uuid,                             -- fills this row of an `all` that misses others
  primary key (workspace_id, run_id, step_id, key)
);
create index waits_by_match on durable.waits (workspace_id, event_name, match_hash);
create index waits_to_look_back on durable.waits (workspace_id, run_id, step_id) where not looked_back;

-- Events that have ended, or filled, a wait of a run: none does it twice, but for those that were given back.
create table durable.taken_events (
  workspace_id int not null,
  run_id uuid not null,
  event_id uuid not null,
  primary key (workspace_id, run_id, event_id)
);

-- Entries that had taken an event and whose code was never given it, because their branch lost a race first: the event
-- may end another wait of the run. Append-only.
create table durable.given_back (
  workspace_id int not null,
  run_id uuid not null,
  step_id uuid not null,
  event_id uuid not null,
  primary key (workspace_id, run_id, step_id, event_id)
);

-- Which paths waits of an event name compare. Rows are only ever added. An event of a name that is not here
-- can have no wait, so ingest writes no obligation for it.
create table durable.wait_patterns (
  workspace_id int not null,
  event_name text not null,
  paths text[] not null,
  primary key (workspace_id, event_name, paths)
);

-- Obligation: this event has not yet been held against the open waits.
create table durable.event_obligations (
  workspace_id int not null,
  event_id uuid not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, event_id)
);
