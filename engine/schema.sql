-- What the migrations in engine/migrations make together: to read and to review, not to run. Written by
-- test/contract/schema-sql.test.ts, which fails when it is old: run that test with `--update`.

create type durable.rare_births as (
  k_event integer[],
  k_id uuid[],
  k_function text[],
  k_reason text[],
  k_detail text[],
  k_facts text[],
  t_event integer[],
  t_run uuid[],
  t_kind text[],
  t_ms double precision[],
  r_run_gates text[],
  r_step_gates text[],
  r_units integer[],
  g_workspace integer[],
  g_id uuid[],
  g_limit uuid[],
  g_unit text[],
  g_key text[],
  r_begin_cause text[],
  r_begin_ms double precision[],
  r_begin_at double precision[],
  r_shapes text[],
  r_priority integer[],
  r_tenant uuid[],
  q_workspace integer[],
  q_id uuid[],
  q_queue uuid[],
  q_function text[],
  q_key text[],
  q_weight integer[],
  r_terms text[]
);

create type durable.rare_outcomes as (
  a_item integer[],
  a_step uuid[],
  a_attempt integer[],
  a_outcome text[],
  a_failure text[],
  p_registry_workspace integer[],
  p_registry_version integer[],
  e_request integer[],
  e_workspace integer[],
  e_id uuid[],
  e_client_id text[],
  e_body_hash uuid[],
  e_name text[],
  e_data text[],
  e_time double precision[],
  r_event integer[],
  r_function text[],
  r_version integer[],
  r_run uuid[],
  f_item integer[],
  f_kind text[],
  f_step uuid[],
  f_data text[],
  s_scope uuid[],
  e_trace text[],
  births rare_births
);

create table durable.alert_cursor (
  id boolean not null default true,
  looked_at timestamp with time zone not null
);

create table durable.alert_notices (
  workspace_id integer not null,
  alert_id uuid not null,
  state text not null,
  at timestamp with time zone not null
);

create table durable.alert_rules (
  workspace_id integer not null,
  kind text not null,
  enabled boolean not null,
  options text not null,
  muted_until timestamp with time zone
);

create table durable.alerts (
  workspace_id integer not null,
  id uuid not null,
  kind text not null,
  key text not null,
  facts text not null,
  told boolean not null,
  capped boolean not null default false,
  fired_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  resolved_at timestamp with time zone
);

create table durable.arrivals (
  rank bigint not null,
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.attempts (
  workspace_id integer not null,
  run_id uuid not null,
  fence uuid not null,
  step_id uuid not null,
  attempt integer not null,
  outcome text not null,
  failure text,
  name text,
  value text,
  scheduled_at timestamp with time zone,
  leased_at timestamp with time zone,
  sent_at timestamp with time zone,
  first_byte_at timestamp with time zone,
  received_at timestamp with time zone,
  app_ms real,
  committed_at timestamp with time zone not null default durable_now()
) partition by RANGE (run_id);

create table durable.audit (
  workspace_id integer not null,
  id bigint generated always as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text not null,
  detail text
);

create table durable.bulk_items (
  workspace_id integer not null,
  bulk_id uuid not null,
  no integer not null,
  run_id uuid not null,
  status text not null default 'waiting'::text,
  detail text,
  new_run_id uuid,
  taken_until timestamp with time zone,
  at timestamp with time zone
);

create table durable.bulks (
  workspace_id integer not null,
  id uuid not null,
  action text not null,
  filter text not null,
  canary integer not null,
  status text not null,
  items integer not null,
  actor text not null,
  reason text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone
);

create table durable.callers (
  workspace_id integer not null,
  app text not null,
  functions text[] not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  created_by text not null
);

create table durable.cascades (
  workspace_id integer not null,
  run_id uuid not null,
  reason text
);

create table durable.change_log (
  dropped xid8 not null,
  rotated xid8 not null,
  rotated_at timestamp with time zone not null,
  "position" bigint not null
);

create table durable.changes (
  "position" bigint not null default nextval('change_positions'::regclass),
  xid xid8 not null default pg_current_xact_id(),
  workspace_id integer not null,
  run_id uuid,
  kind text not null,
  journal_seq integer,
  subject text,
  at timestamp with time zone not null default clock_timestamp()
);

create table durable.changes_before (
  "position" bigint not null default nextval('change_positions'::regclass),
  xid xid8 not null default pg_current_xact_id(),
  workspace_id integer not null,
  run_id uuid,
  kind text not null,
  journal_seq integer,
  subject text,
  at timestamp with time zone not null default clock_timestamp()
);

create table durable.checkpoints (
  workspace_id integer not null,
  run_id uuid not null,
  fence uuid not null,
  seq integer not null,
  body_sha256 text not null,
  journal_seq integer not null,
  at timestamp with time zone not null default clock_timestamp()
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_cost_delay=0);

create table durable.child_ends (
  workspace_id integer not null,
  run_id uuid not null
);

create table durable.children (
  workspace_id integer not null,
  run_id uuid not null,
  parent_workspace_id integer not null,
  parent_run_id uuid not null,
  parent_step_id uuid not null,
  kind text not null,
  on_cancel text not null,
  depth integer not null
);

create table durable.circuits (
  workspace_id integer not null,
  state text not null,
  since timestamp with time zone not null default clock_timestamp(),
  error text not null,
  probe_ms integer not null,
  next_probe_at timestamp with time zone not null
) with (fillfactor=50);

create table durable.collected_events (
  workspace_id integer not null,
  run_id uuid not null,
  no integer not null,
  event_id uuid not null
);

create table durable.compensations (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  undone boolean not null default false,
  heir uuid
);

create table durable.deployments (
  workspace_id integer not null,
  name text not null,
  url text not null,
  max_duration_ms integer,
  capabilities text[] not null,
  manifest_digest text not null,
  replaced_by text,
  retired_at timestamp with time zone,
  synced_at timestamp with time zone not null default clock_timestamp()
);

create table durable.detours (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  began_id uuid not null,
  frame text,
  is_certain boolean not null,
  at timestamp with time zone not null
);

create table durable.end_events (
  workspace_id integer not null,
  run_id uuid not null
);

create table durable.end_listeners (
  workspace_id integer not null,
  event_name text not null,
  listener text not null
);

create table durable.endpoints (
  workspace_id integer not null,
  url text not null,
  sdk text not null,
  capabilities text[] not null default '{}'::text[],
  max_duration_ms integer,
  deployment text,
  manifest_digest text not null,
  synced_at timestamp with time zone not null default clock_timestamp()
);

create table durable.engines (
  id integer generated always as identity not null,
  state text not null default 'live'::text,
  started_at timestamp with time zone not null default clock_timestamp(),
  seen_at timestamp with time zone not null default clock_timestamp(),
  lease_ms integer not null,
  slots integer not null,
  host text not null,
  pid integer not null,
  version text not null,
  slots_used integer,
  leases integer
) with (fillfactor=50);

create unlogged table durable.epochs (
  id uuid not null default gen_random_uuid(),
  xid xid8 not null default pg_current_xact_id()
);

create table durable.erasure_items (
  workspace_id integer not null,
  erasure_id uuid not null,
  kind text not null,
  id uuid not null,
  state text not null default 'waiting'::text
);

create table durable.erasures (
  workspace_id integer not null,
  id uuid not null,
  path text[] not null,
  value text,
  cancels boolean not null,
  preview boolean not null,
  status text not null,
  run_id uuid not null,
  event_id uuid not null,
  round_at timestamp with time zone not null,
  alive boolean not null default false,
  found_runs bigint not null default 0,
  found_live bigint not null default 0,
  found_events bigint not null default 0,
  runs bigint not null default 0,
  events bigint not null default 0,
  actor text not null,
  reason text,
  look_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone
);

create table durable.error_groups (
  workspace_id integer not null,
  fingerprint text not null,
  name text not null,
  message text not null,
  step text,
  frame text,
  count bigint not null,
  first_seen timestamp with time zone not null,
  last_seen timestamp with time zone not null,
  state text not null default 'open'::text,
  state_at timestamp with time zone,
  state_by text,
  state_reason text
) with (fillfactor=50);

create table durable.error_versions (
  workspace_id integer not null,
  fingerprint text not null,
  function_id text not null,
  function_version integer not null,
  deployment text not null,
  count bigint not null,
  first_seen timestamp with time zone not null,
  last_seen timestamp with time zone not null
) with (fillfactor=50);

create table durable.event_ids (
  workspace_id integer not null,
  client_id text not null,
  event_id uuid not null,
  body_hash uuid not null
);

create table durable.event_obligations (
  workspace_id integer not null,
  event_id uuid not null,
  created_at timestamp with time zone not null default clock_timestamp()
);

create table durable.events (
  workspace_id integer not null,
  id uuid not null,
  client_id text,
  name text not null,
  data text not null,
  "time" timestamp with time zone not null,
  received_at timestamp with time zone not null,
  traceparent text
) partition by RANGE (id);

create table durable.folded_steps (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  group_id uuid not null
);

create table durable.function_versions (
  workspace_id integer not null,
  function_id text not null,
  version integer not null,
  manifest text not null,
  created_at timestamp with time zone not null default clock_timestamp()
);

create table durable.functions (
  workspace_id integer not null,
  id text not null,
  version integer not null,
  manifest text not null,
  removed_at timestamp with time zone,
  synced_at timestamp with time zone not null default clock_timestamp()
);

create table durable.gate_notes (
  due_at timestamp with time zone not null,
  no bigint generated always as identity not null,
  workspace_id integer not null,
  gate_id uuid not null,
  freed integer not null default 0,
  dropped integer not null default 0
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.gatekeepers (
  workspace_id integer not null
);

create table durable.gates (
  workspace_id integer not null,
  id uuid not null,
  limit_id uuid not null,
  unit text not null,
  key text,
  used integer not null default 0,
  parked integer not null default 0,
  opens_at timestamp with time zone not null default '-infinity'::timestamp with time zone,
  pace_ms double precision,
  freed_at timestamp with time zone,
  touched_on date not null default CURRENT_DATE
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.given_back (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  event_id uuid not null
);

create table durable.grants (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  gate_id uuid not null,
  at timestamp with time zone not null
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.heartbeats (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  fence uuid not null,
  name text not null,
  progress text,
  at timestamp with time zone not null default clock_timestamp()
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_cost_delay=0);

create table durable.idempotency_keys (
  workspace_id integer not null,
  actor text not null,
  key text not null,
  request_sha256 bytea not null,
  answer text,
  at timestamp with time zone not null default clock_timestamp()
);

create table durable.input_notices (
  workspace_id integer not null,
  input_id uuid not null,
  event_name text not null,
  data text not null,
  at timestamp with time zone not null
);

create table durable.inputs (
  workspace_id integer not null,
  id uuid not null,
  run_id uuid not null,
  step_id uuid not null,
  kind text not null,
  status text not null,
  title text,
  prompt text,
  assignee text,
  schema text,
  asked_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  remind_at timestamp with time zone,
  reminded_at timestamp with time zone,
  escalate_at timestamp with time zone,
  escalate_to text,
  escalated_at timestamp with time zone,
  escalated_from text,
  ended_at timestamp with time zone,
  answered_by text,
  answer_id text
);

create table durable.keys (
  workspace_id integer not null,
  id integer generated always as identity not null,
  scope text not null,
  sha256 bytea not null,
  prefix text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone
);

create table durable.limit_waits (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  until timestamp with time zone not null,
  limit_id uuid not null,
  key text,
  since timestamp with time zone not null
);

create table durable.limits (
  workspace_id integer not null,
  id uuid not null,
  name text not null,
  function_id text,
  kind text not null,
  declared integer,
  period_ms double precision,
  burst integer,
  set_to integer
);

create table durable.live_runs (
  workspace_id integer not null,
  run_id uuid not null,
  status text not null,
  fence uuid not null,
  engine_id integer,
  journal_seq integer not null default 0,
  run_attempt integer not null default 0,
  transport_attempt integer not null default 0,
  lost integer not null default 0,
  ready_rank bigint,
  ending text,
  pausing boolean not null default false,
  moving boolean not null default false,
  run_gates uuid[],
  step_gates uuid[],
  units integer,
  priority integer,
  tenant uuid,
  came bigint
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.logs (
  workspace_id integer not null,
  run_id uuid not null,
  id bigint generated always as identity not null,
  step_id uuid not null,
  attempt integer not null,
  no integer not null,
  level text not null,
  message text not null,
  data text,
  at timestamp with time zone not null
) partition by RANGE (run_id);

create table durable.metric_backlogs (
  workspace_id integer not null,
  minute timestamp with time zone not null,
  queued integer not null,
  parked integer not null,
  running integer not null,
  waiting integer not null,
  paused integer not null,
  oldest_queued_ms double precision,
  circuit text not null
);

create table durable.metric_cursor (
  id boolean not null default true,
  snapshot pg_snapshot not null,
  read_at timestamp with time zone not null,
  sampled_at timestamp with time zone not null,
  lost_at timestamp with time zone
);

create table durable.metric_functions (
  workspace_id integer not null,
  function_id text not null,
  queued integer not null,
  running integer not null,
  oldest_queued_ms double precision
);

create table durable.metric_limits (
  workspace_id integer not null,
  limit_id uuid not null,
  parked integer not null
);

create table durable.metric_minutes (
  workspace_id integer not null,
  minute timestamp with time zone not null,
  function_id text not null,
  started integer not null,
  completed integer not null,
  failed integer not null,
  cancelled integer not null,
  failed_attempts integer not null
) with (fillfactor=50);

create table durable.metric_phase_totals (
  workspace_id integer not null,
  function_id text not null,
  phase text not null,
  bucket smallint not null,
  count bigint not null,
  sum_ms double precision not null
) with (fillfactor=50);

create table durable.metric_phases (
  workspace_id integer not null,
  minute timestamp with time zone not null,
  function_id text not null,
  phase text not null,
  bucket smallint not null,
  count integer not null
) with (fillfactor=50);

create table durable.metric_totals (
  workspace_id integer not null,
  function_id text not null,
  no bigint generated always as identity not null,
  started bigint not null,
  completed bigint not null,
  failed bigint not null,
  cancelled bigint not null,
  failed_attempts bigint not null
) with (fillfactor=50);

create table durable.parked (
  workspace_id integer not null,
  gate_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  rank bigint not null,
  run_id uuid not null,
  step_id uuid not null
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.partitions (
  no integer not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  state text not null,
  runs bigint,
  runs_kept integer,
  events_kept integer,
  looked_at timestamp with time zone,
  dropped_at timestamp with time zone,
  swept_at timestamp with time zone,
  walked_workspace integer not null default 0,
  walked_id text not null default ''::text
);

create table durable.pauses (
  workspace_id integer not null,
  id uuid not null default gen_random_uuid(),
  kind text not null,
  function_id text,
  limit_id uuid,
  key text,
  actor text not null,
  reason text,
  since timestamp with time zone not null,
  ending boolean not null default false
);

create table durable.placements (
  workspace_id integer not null,
  run_id uuid not null,
  deployment text
);

create table durable.ready (
  rank bigint not null,
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.repairs (
  workspace_id integer not null,
  run_id uuid not null,
  no integer not null,
  step_id uuid not null,
  action text not null,
  actor text not null,
  reason text,
  before timestamp with time zone,
  at timestamp with time zone not null
);

create table durable.retention_walks (
  workspace_id integer not null,
  run_id uuid not null,
  event_id uuid not null,
  runs bigint not null,
  events bigint not null,
  walked_at timestamp with time zone
);

create table durable.run_deployments (
  workspace_id integer not null,
  run_id uuid not null,
  from_seq integer not null,
  deployment text not null
);

create table durable.run_errors (
  workspace_id integer not null,
  run_id uuid not null,
  fingerprint text not null,
  at timestamp with time zone not null
);

create table durable.run_states (
  workspace_id integer not null,
  run_id uuid not null,
  value text not null,
  at timestamp with time zone not null
) with (fillfactor=50);

create table durable.run_terms (
  workspace_id integer not null,
  run_id uuid not null,
  name text not null,
  value text not null
);

create table durable.runs (
  workspace_id integer not null,
  id uuid not null,
  function_id text not null,
  function_version integer not null,
  event_id uuid not null,
  status text,
  created_at timestamp with time zone not null,
  begins_at timestamp with time zone,
  begin_cause text,
  ended_at timestamp with time zone,
  output text,
  failure text,
  pause_reason text,
  unclaimed integer,
  end_fence uuid,
  scheduled_at timestamp with time zone,
  leased_at timestamp with time zone,
  sent_at timestamp with time zone,
  first_byte_at timestamp with time zone,
  received_at timestamp with time zone,
  app_ms real,
  dispatch uuid,
  origin_run_id uuid,
  origin_kind text,
  origin_step_id uuid,
  kept integer
) partition by RANGE (id);

create table durable.saved_views (
  workspace_id integer not null,
  id uuid not null,
  screen text not null,
  name text not null,
  search text not null,
  created_by text not null,
  created_at timestamp with time zone not null
);

create table durable.schedules (
  workspace_id integer not null,
  id text not null,
  function_id text not null,
  is_declared boolean not null,
  cron text not null,
  tz text not null,
  jitter_ms double precision not null,
  catch_up text not null,
  overlap text not null,
  condition text,
  data text,
  revision integer not null default 1,
  handled_to timestamp with time zone not null,
  owed timestamp with time zone[] not null default '{}'::timestamp with time zone[],
  next_at timestamp with time zone,
  paused_at timestamp with time zone,
  removed_at timestamp with time zone,
  created_at timestamp with time zone not null,
  last_tick_at timestamp with time zone,
  last_run_id uuid
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.shape_keys (
  workspace_id integer not null,
  id uuid not null,
  function_id text not null,
  kind text not null,
  key text,
  run_id uuid,
  since timestamp with time zone,
  until timestamp with time zone,
  not_before timestamp with time zone,
  events integer,
  bytes integer,
  starts timestamp with time zone[],
  touched_at timestamp with time zone not null
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.signing_secrets (
  workspace_id integer not null,
  id integer generated always as identity not null,
  secret text not null,
  fingerprint text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  retired_at timestamp with time zone
);

create table durable.skips (
  workspace_id integer not null,
  id uuid not null,
  event_id uuid not null,
  function_id text not null,
  reason text not null,
  detail text not null,
  run_id uuid,
  facts text,
  started_run uuid,
  at timestamp with time zone not null
);

create table durable.steps (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  seq integer,
  scope uuid,
  op text not null,
  name text not null,
  n integer not null,
  status text not null,
  value text,
  failure text,
  attempt integer not null default 1,
  resumed_after integer,
  event_id uuid,
  due_at timestamp with time zone,
  scheduled_at timestamp with time zone,
  leased_at timestamp with time zone,
  sent_at timestamp with time zone,
  first_byte_at timestamp with time zone,
  received_at timestamp with time zone,
  app_ms real,
  dispatch uuid,
  committed_at timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone
) partition by RANGE (run_id);

create table durable.syncs (
  workspace_id integer not null,
  id integer generated always as identity not null,
  outcome text not null,
  actor text not null,
  url text,
  sdk text,
  deployment text,
  manifest_digest text,
  functions text not null default '[]'::text,
  code text,
  detail text,
  count integer not null default 1,
  at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  resolved_at timestamp with time zone
);

create table durable.taken_events (
  workspace_id integer not null,
  run_id uuid not null,
  event_id uuid not null
);

create table durable.tasks (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  kind text not null,
  status text not null,
  fence uuid not null,
  engine_id integer,
  transport_attempt integer not null default 0,
  lost integer not null default 0,
  ready_rank bigint,
  request text,
  started uuid,
  gates uuid[],
  priority integer,
  came bigint
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.telemetry_cursor (
  id boolean not null default true,
  snapshot pg_snapshot not null,
  read_at timestamp with time zone not null
);

create table durable.telemetry_runs (
  workspace_id integer not null,
  run_id uuid not null,
  ended_at timestamp with time zone not null,
  leased_until timestamp with time zone not null default '-infinity'::timestamp with time zone
) with (fillfactor=50);

create table durable.tenants (
  workspace_id integer not null,
  id uuid not null,
  queue_id uuid not null,
  function_id text not null,
  key text not null,
  weight integer not null,
  touched_on date not null default CURRENT_DATE
);

create table durable.timers (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  kind text not null,
  due_at timestamp with time zone not null
) with (autovacuum_vacuum_scale_factor=0.02, autovacuum_vacuum_cost_delay=0);

create table durable.turns (
  rank bigint not null,
  workspace_id integer not null,
  queue_id uuid not null,
  no bigint generated always as identity not null
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.ungrouped (
  workspace_id integer not null,
  run_id uuid not null,
  at timestamp with time zone not null default durable_now()
);

create table durable.virtual_times (
  workspace_id integer not null,
  id uuid not null,
  at double precision not null
) with (fillfactor=50, autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

create table durable.wait_patterns (
  workspace_id integer not null,
  event_name text not null,
  paths text[] not null
);

create table durable.waits (
  workspace_id integer not null,
  run_id uuid not null,
  step_id uuid not null,
  key text not null,
  ordinal integer not null,
  mode text not null,
  event_name text not null,
  match text not null,
  match_hash uuid not null,
  condition text,
  since timestamp with time zone not null,
  until timestamp with time zone,
  looked_back boolean not null default false,
  looked_at timestamp with time zone,
  looked_id uuid,
  looked_count integer not null default 0,
  looks integer not null default 0,
  event_id uuid
);

create table durable.webhook_deliveries (
  workspace_id integer not null,
  id uuid not null,
  webhook_id uuid not null,
  event_id text not null,
  event_name text not null,
  run_id uuid,
  body text not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  due_at timestamp with time zone not null,
  last_status integer,
  last_error text,
  created_at timestamp with time zone not null,
  ended_at timestamp with time zone
);

create table durable.webhook_secrets (
  workspace_id integer not null,
  webhook_id uuid not null,
  id integer generated always as identity not null,
  secret text not null,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone
);

create table durable.webhooks (
  workspace_id integer not null,
  id uuid not null,
  url text not null,
  events text[] not null,
  state text not null,
  why text,
  failing_since timestamp with time zone,
  created_at timestamp with time zone not null
);

create table durable.workspaces (
  id integer generated always as identity not null,
  app text not null,
  environment text not null,
  registry_version integer not null default 0,
  production boolean not null default false,
  created_at timestamp with time zone not null default clock_timestamp(),
  retention_days integer not null default 30
);

alter table durable.alert_cursor add constraint alert_cursor_id_check CHECK (id);

alter table durable.alert_cursor add constraint alert_cursor_pkey PRIMARY KEY (id);

alter table durable.alert_notices add constraint alert_notices_pkey PRIMARY KEY (workspace_id, alert_id, state);

alter table durable.alert_rules add constraint alert_rules_pkey PRIMARY KEY (workspace_id, kind);

alter table durable.alerts add constraint alerts_pkey PRIMARY KEY (workspace_id, id);

alter table durable.arrivals add constraint arrivals_pkey PRIMARY KEY (rank, workspace_id, run_id, step_id);

alter table durable.attempts add constraint attempts_outcome_check CHECK ((outcome = ANY (ARRAY['ok'::text, 'failed'::text, 'transport'::text, 'protocol'::text, 'late'::text, 'lost'::text, 'turn'::text])));

alter table durable.attempts add constraint attempts_pkey PRIMARY KEY (workspace_id, run_id, step_id, fence, outcome);

alter table durable.audit add constraint audit_pkey PRIMARY KEY (workspace_id, id);

alter table durable.bulk_items add constraint bulk_items_pkey PRIMARY KEY (workspace_id, bulk_id, no);

alter table durable.bulks add constraint bulks_pkey PRIMARY KEY (workspace_id, id);

alter table durable.callers add constraint callers_pkey PRIMARY KEY (workspace_id, app);

alter table durable.cascades add constraint cascades_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.checkpoints add constraint checkpoints_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.child_ends add constraint child_ends_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.children add constraint children_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.circuits add constraint circuits_pkey PRIMARY KEY (workspace_id);

alter table durable.collected_events add constraint collected_events_pkey PRIMARY KEY (workspace_id, run_id, no);

alter table durable.compensations add constraint compensations_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.deployments add constraint deployments_pkey PRIMARY KEY (workspace_id, name);

alter table durable.detours add constraint detours_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.end_events add constraint end_events_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.end_listeners add constraint end_listeners_pkey PRIMARY KEY (workspace_id, event_name, listener);

alter table durable.endpoints add constraint endpoints_pkey PRIMARY KEY (workspace_id);

alter table durable.engines add constraint engines_lease_ms_check CHECK ((lease_ms > 0));

alter table durable.engines add constraint engines_pkey PRIMARY KEY (id);

alter table durable.engines add constraint engines_state_check CHECK ((state = ANY (ARRAY['live'::text, 'draining'::text, 'stopped'::text, 'dead'::text])));

alter table durable.epochs add constraint epochs_pkey PRIMARY KEY (id);

alter table durable.erasure_items add constraint erasure_items_pkey PRIMARY KEY (workspace_id, erasure_id, kind, id);

alter table durable.erasures add constraint erasures_pkey PRIMARY KEY (workspace_id, id);

alter table durable.error_groups add constraint error_groups_pkey PRIMARY KEY (workspace_id, fingerprint);

alter table durable.error_versions add constraint error_versions_pkey PRIMARY KEY (workspace_id, fingerprint, function_id, function_version, deployment);

alter table durable.event_ids add constraint event_ids_pkey PRIMARY KEY (workspace_id, client_id);

alter table durable.event_obligations add constraint event_obligations_pkey PRIMARY KEY (workspace_id, event_id);

alter table durable.events add constraint events_pkey PRIMARY KEY (workspace_id, id);

alter table durable.folded_steps add constraint folded_steps_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.function_versions add constraint function_versions_pkey PRIMARY KEY (workspace_id, function_id, version);

alter table durable.functions add constraint functions_pkey PRIMARY KEY (workspace_id, id);

alter table durable.gate_notes add constraint gate_notes_pkey PRIMARY KEY (due_at, no);

alter table durable.gatekeepers add constraint gatekeepers_pkey PRIMARY KEY (workspace_id);

alter table durable.gates add constraint gates_pkey PRIMARY KEY (workspace_id, id);

alter table durable.given_back add constraint given_back_pkey PRIMARY KEY (workspace_id, run_id, step_id, event_id);

alter table durable.grants add constraint grants_pkey PRIMARY KEY (workspace_id, run_id, step_id, gate_id);

alter table durable.heartbeats add constraint heartbeats_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (workspace_id, actor, key);

alter table durable.input_notices add constraint input_notices_pkey PRIMARY KEY (workspace_id, input_id, event_name);

alter table durable.inputs add constraint inputs_kind_check CHECK ((kind = ANY (ARRAY['approval'::text, 'input'::text])));

alter table durable.inputs add constraint inputs_pkey PRIMARY KEY (workspace_id, id);

alter table durable.inputs add constraint inputs_status_check CHECK ((status = ANY (ARRAY['open'::text, 'answered'::text, 'expired'::text, 'cancelled'::text])));

alter table durable.keys add constraint keys_pkey PRIMARY KEY (workspace_id, id);

alter table durable.keys add constraint keys_sha256_key UNIQUE (sha256);

alter table durable.limit_waits add constraint limit_waits_pkey PRIMARY KEY (workspace_id, run_id, step_id, until, limit_id);

alter table durable.limits add constraint limits_pkey PRIMARY KEY (workspace_id, id);

alter table durable.live_runs add constraint live_runs_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.logs add constraint logs_level_check CHECK ((level = ANY (ARRAY['debug'::text, 'info'::text, 'warn'::text, 'error'::text])));

alter table durable.logs add constraint logs_pkey PRIMARY KEY (workspace_id, run_id, id);

alter table durable.metric_backlogs add constraint metric_backlogs_pkey PRIMARY KEY (workspace_id, minute);

alter table durable.metric_cursor add constraint metric_cursor_id_check CHECK (id);

alter table durable.metric_cursor add constraint metric_cursor_pkey PRIMARY KEY (id);

alter table durable.metric_functions add constraint metric_functions_pkey PRIMARY KEY (workspace_id, function_id);

alter table durable.metric_limits add constraint metric_limits_pkey PRIMARY KEY (workspace_id, limit_id);

alter table durable.metric_minutes add constraint metric_minutes_pkey PRIMARY KEY (workspace_id, minute, function_id);

alter table durable.metric_phase_totals add constraint metric_phase_totals_pkey PRIMARY KEY (workspace_id, function_id, phase, bucket);

alter table durable.metric_phases add constraint metric_phases_pkey PRIMARY KEY (workspace_id, minute, function_id, phase, bucket);

alter table durable.metric_totals add constraint metric_totals_pkey PRIMARY KEY (workspace_id, function_id);

alter table durable.parked add constraint parked_pkey PRIMARY KEY (workspace_id, gate_id, rank, run_id, step_id);

alter table durable.partitions add constraint partitions_pkey PRIMARY KEY (no);

alter table durable.pauses add constraint pauses_pkey PRIMARY KEY (workspace_id, id);

alter table durable.placements add constraint placements_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.ready add constraint ready_pkey PRIMARY KEY (rank, workspace_id, run_id, step_id);

alter table durable.repairs add constraint repairs_pkey PRIMARY KEY (workspace_id, run_id, no);

alter table durable.retention_walks add constraint retention_walks_pkey PRIMARY KEY (workspace_id);

alter table durable.run_deployments add constraint run_deployments_pkey PRIMARY KEY (workspace_id, run_id, from_seq);

alter table durable.run_errors add constraint run_errors_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.run_states add constraint run_states_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.run_terms add constraint run_terms_pkey PRIMARY KEY (workspace_id, run_id, name, value);

alter table durable.runs add constraint runs_pkey PRIMARY KEY (workspace_id, id);

alter table durable.saved_views add constraint saved_views_pkey PRIMARY KEY (workspace_id, id);

alter table durable.schedules add constraint schedules_pkey PRIMARY KEY (workspace_id, id);

alter table durable.shape_keys add constraint shape_keys_pkey PRIMARY KEY (workspace_id, id);

alter table durable.signing_secrets add constraint signing_secrets_pkey PRIMARY KEY (workspace_id, id);

alter table durable.skips add constraint skips_pkey PRIMARY KEY (workspace_id, id);

alter table durable.steps add constraint steps_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.syncs add constraint syncs_pkey PRIMARY KEY (workspace_id, id);

alter table durable.taken_events add constraint taken_events_pkey PRIMARY KEY (workspace_id, run_id, event_id);

alter table durable.tasks add constraint tasks_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.telemetry_cursor add constraint telemetry_cursor_id_check CHECK (id);

alter table durable.telemetry_cursor add constraint telemetry_cursor_pkey PRIMARY KEY (id);

alter table durable.telemetry_runs add constraint telemetry_runs_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.tenants add constraint tenants_pkey PRIMARY KEY (workspace_id, id);

alter table durable.timers add constraint timers_kind_check CHECK ((kind = ANY (ARRAY['sleep'::text, 'timeout'::text, 'retry'::text, 'start'::text, 'finish'::text, 'task'::text, 'invoke'::text, 'input'::text, 'begin'::text])));

alter table durable.timers add constraint timers_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.turns add constraint turns_pkey PRIMARY KEY (rank, workspace_id, queue_id, no);

alter table durable.ungrouped add constraint ungrouped_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.virtual_times add constraint virtual_times_pkey PRIMARY KEY (workspace_id, id);

alter table durable.wait_patterns add constraint wait_patterns_pkey PRIMARY KEY (workspace_id, event_name, paths);

alter table durable.waits add constraint waits_pkey PRIMARY KEY (workspace_id, run_id, step_id, key);

alter table durable.webhook_deliveries add constraint webhook_deliveries_pkey PRIMARY KEY (workspace_id, id);

alter table durable.webhook_secrets add constraint webhook_secrets_pkey PRIMARY KEY (workspace_id, webhook_id, id);

alter table durable.webhooks add constraint webhooks_pkey PRIMARY KEY (workspace_id, id);

alter table durable.workspaces add constraint workspaces_app_environment_key UNIQUE (app, environment);

alter table durable.workspaces add constraint workspaces_pkey PRIMARY KEY (id);

alter table durable.workspaces add constraint workspaces_retention_days_check CHECK (((retention_days >= 1) AND (retention_days <= 3650)));

CREATE UNIQUE INDEX alerts_open ON durable.alerts USING btree (workspace_id, kind, key) WHERE (resolved_at IS NULL);

CREATE INDEX audit_by_target ON durable.audit USING btree (workspace_id, target);

CREATE INDEX bulk_items_waiting ON durable.bulk_items USING btree (workspace_id, bulk_id, no) WHERE (status = 'waiting'::text);

CREATE INDEX bulks_at_work ON durable.bulks USING btree (workspace_id, id) WHERE (status = ANY (ARRAY['canary'::text, 'running'::text]));

CREATE INDEX changes_by_xid ON durable.changes USING btree (xid);

CREATE INDEX changes_before_by_xid ON durable.changes_before USING btree (xid);

CREATE INDEX children_by_parent ON durable.children USING btree (parent_workspace_id, parent_run_id, parent_step_id);

CREATE INDEX collected_by_event ON durable.collected_events USING btree (workspace_id, event_id);

CREATE INDEX erasure_items_waiting ON durable.erasure_items USING btree (workspace_id, erasure_id, kind, id) WHERE (state <> 'gone'::text);

CREATE INDEX erasures_at_work ON durable.erasures USING btree (look_at) WHERE (ended_at IS NULL);

CREATE INDEX events_by_name ON ONLY durable.events USING btree (workspace_id, name, received_at);

CREATE INDEX gates_by_key ON durable.gates USING btree (workspace_id, key);

CREATE INDEX grants_by_gate ON durable.grants USING btree (workspace_id, gate_id, at);

CREATE INDEX idempotency_keys_by_age ON durable.idempotency_keys USING btree (workspace_id, at);

CREATE UNIQUE INDEX inputs_by_step ON durable.inputs USING btree (workspace_id, run_id, step_id);

CREATE INDEX inputs_open ON durable.inputs USING btree (workspace_id, id) WHERE (status = 'open'::text);

CREATE INDEX inputs_open_by_assignee ON durable.inputs USING btree (workspace_id, assignee, id) WHERE (status = 'open'::text);

CREATE INDEX logs_by_workspace ON ONLY durable.logs USING btree (workspace_id, id);

CREATE UNIQUE INDEX pauses_once ON durable.pauses USING btree (workspace_id, kind, COALESCE(function_id, ''::text), COALESCE((limit_id)::text, ''::text), COALESCE(key, ''::text)) WHERE (NOT ending);

CREATE INDEX run_errors_by_group ON durable.run_errors USING btree (workspace_id, fingerprint, run_id);

CREATE INDEX run_terms_by_value ON durable.run_terms USING btree (workspace_id, name, value, run_id);

CREATE INDEX runs_by_bad_end ON ONLY durable.runs USING btree (workspace_id, status, id) WHERE (status = ANY (ARRAY['failed'::text, 'cancelled'::text]));

CREATE INDEX runs_by_function ON ONLY durable.runs USING btree (workspace_id, function_id, id);

CREATE INDEX runs_by_function_bad_end ON ONLY durable.runs USING btree (workspace_id, (((function_id || '/'::text) || status)), id) WHERE (status = ANY (ARRAY['failed'::text, 'cancelled'::text]));

CREATE INDEX runs_by_origin ON ONLY durable.runs USING btree (workspace_id, origin_run_id) WHERE (origin_run_id IS NOT NULL);

CREATE INDEX runs_paused ON ONLY durable.runs USING btree (workspace_id, id) WHERE ((pause_reason IS NOT NULL) AND (status IS NULL));

CREATE UNIQUE INDEX saved_views_by_name ON durable.saved_views USING btree (workspace_id, screen, name);

CREATE INDEX schedules_by_function ON durable.schedules USING btree (workspace_id, function_id);

CREATE INDEX schedules_by_next ON durable.schedules USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX skips_by_event ON durable.skips USING btree (workspace_id, event_id);

CREATE INDEX skips_missed ON durable.skips USING btree (workspace_id, id) WHERE (reason = 'missed'::text);

CREATE INDEX telemetry_runs_by_end ON durable.telemetry_runs USING btree (ended_at);

CREATE INDEX timers_due ON durable.timers USING btree (due_at);

CREATE INDEX timers_retrying ON durable.timers USING btree (workspace_id, run_id) WHERE (kind = 'retry'::text);

CREATE INDEX waits_by_match ON durable.waits USING btree (workspace_id, event_name, match_hash);

CREATE INDEX waits_to_look_back ON durable.waits USING btree (workspace_id, run_id, step_id) WHERE (NOT looked_back);

CREATE INDEX webhook_deliveries_by_run ON durable.webhook_deliveries USING btree (workspace_id, run_id) WHERE (run_id IS NOT NULL);

CREATE INDEX webhook_deliveries_due ON durable.webhook_deliveries USING btree (workspace_id, webhook_id, due_at) WHERE (state = 'waiting'::text);

CREATE INDEX webhook_deliveries_ended ON durable.webhook_deliveries USING btree (ended_at) WHERE (ended_at IS NOT NULL);

CREATE UNIQUE INDEX webhook_deliveries_once ON durable.webhook_deliveries USING btree (workspace_id, webhook_id, event_id);

CREATE OR REPLACE FUNCTION durable.abort_erasure(p_workspace integer, p_id uuid, p_actor text, p_reason text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  e durable.erasures;
begin
  select * into e from durable.erasures x where x.workspace_id = p_workspace and x.id = p_id for update;
  if not found or e.ended_at is not null then
    return e.status;
  end if;
  -- Of another round too: what went in the first is gone.
  if e.runs + e.events > 0 or exists (select 1 from durable.erasure_items i
      where i.workspace_id = p_workspace and i.erasure_id = p_id and i.state <> 'waiting') then
    return 'erasing';
  end if;
  perform durable.end_erasure(e, 'aborted');
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'erase.abort', p_id::text, json_strip_nulls(json_build_object('reason', p_reason))::text);
  return 'aborted';
end $function$
;

CREATE OR REPLACE FUNCTION durable.accept_events(p_engine integer, p_registry_workspace integer[], p_registry_version integer[], e_request integer[], e_workspace integer[], e_id uuid[], e_client_id text[], e_body_hash uuid[], e_name text[], e_data text[], e_time double precision[], r_event integer[], r_function text[], r_version integer[], r_run uuid[], r_fence uuid[], e_trace text[] DEFAULT '{}'::text[], p_cancels boolean DEFAULT false, p_rare rare_births DEFAULT NULL::rare_births, p_skip integer[] DEFAULT '{}'::integer[])
 RETURNS text[]
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_state text[];
  v_new boolean[];
  v_owed uuid[];
  v_conflicting bigint[] := '{}';  -- numbers of events
  v_conflicts int[] := '{}';       -- numbers of requests
  v_found bigint[];
  v_refused int[];
  v_leases boolean := false;
  -- Of the runs, each by its number: an element of a variable is found at once, one of a field by walking to it.
  v_run_gates text[] := p_rare.r_run_gates; v_step_gates text[] := p_rare.r_step_gates; v_units int[] := p_rare.r_units;
  v_priority int[] := p_rare.r_priority; v_tenant uuid[] := p_rare.r_tenant; v_shapes text[] := p_rare.r_shapes;
  v_begin_ms float8[] := p_rare.r_begin_ms; v_begin_at float8[] := p_rare.r_begin_at;
  v_begin timestamptz[] := '{}';   -- of the runs; null begins now
  v_cause text[] := coalesce(p_rare.r_begin_cause, '{}');
  v_born boolean[] := '{}';        -- false: its event became no run of its own; null: nothing was in its way
  v_by uuid[] := '{}';             -- of those that collect: the newest event, whose run it is
  -- Of the runs that nobody was given: each another one and none to be guessed, from one call for random bits.
  v_fences text := left(gen_random_uuid()::text, 24);
begin
  perform 1 from unnest(p_registry_workspace, p_registry_version) as q(id, version)
    join durable.workspaces w on w.id = q.id where w.registry_version <> q.version;
  if found then
    return array_fill('stale'::text, array[cardinality(e_id)]);
  end if;

  -- A dead engine must not be given leases: the rescuer takes this row for update before it looks for them.
  if cardinality(array_remove(r_fence, null)) > 0 then
    perform 1 from durable.engines where id = p_engine and state = 'live' for key share;
    v_leases := found;
  end if;

  if cardinality(array_remove(e_client_id, null)) > 0 then
    -- A request in conflict gives its ids back, and another request of this call may get them: look again until
    -- no new conflict shows. What it must not get is "duplicate" of an event that is then not stored.
    loop
      insert into durable.event_ids (workspace_id, client_id, event_id, body_hash)
        select e.workspace, e.client_id, e.id, e.body_hash
        from unnest(e_request, e_workspace, e_client_id, e_id, e_body_hash) as e(request, workspace, client_id, id, body_hash)
        where e.client_id is not null and e.request <> all (p_skip) and e.request <> all (v_conflicts)
        order by e.workspace, e.client_id
        on conflict do nothing;
      select array_agg(case when e.request = any (p_skip) then 'skipped'
                            when e.no = any (v_conflicting) or k.event_id <> e.id and k.body_hash <> e.body_hash then 'conflict'
                            when e.request = any (v_conflicts) then 'refused'
                            when e.client_id is null or k.event_id = e.id then 'new'
                            else 'duplicate' end order by e.no)
        into v_state
        from unnest(e_request, e_workspace, e_client_id, e_id, e_body_hash) with ordinality
          as e(request, workspace, client_id, id, body_hash, no)
        left join durable.event_ids k on k.workspace_id = e.workspace and k.client_id = e.client_id;
      select array_agg(s.no), array_agg(distinct e_request[s.no]) into v_found, v_refused
        from unnest(v_state) with ordinality as s(state, no)
        where s.state = 'conflict' and e_request[s.no] <> all (v_conflicts);
      exit when v_found is null;
      v_conflicting := v_conflicting || v_found;
      v_conflicts := v_conflicts || v_refused;
      delete from durable.event_ids k
        using unnest(e_request, e_workspace, e_id, e_client_id) as e(request, workspace, id, client_id)
        where e.request = any (v_refused) and k.workspace_id = e.workspace
          and k.client_id = e.client_id and k.event_id = e.id;
    end loop;
  elsif cardinality(p_skip) > 0 then
    select array_agg(case when r = any (p_skip) then 'skipped' else 'new' end order by no)
      into v_state from unnest(e_request) with ordinality as q(r, no);
  else
    v_new := array_fill(true, array[cardinality(e_id)]);
  end if;
  if v_new is null then
    select array_agg(s = 'new' order by no) into v_new from unnest(v_state) with ordinality as q(s, no);
  end if;

  insert into durable.events (workspace_id, id, client_id, name, data, time, received_at, traceparent)
    select e_workspace[q], e_id[q], e_client_id[q], e_name[q], e_data[q], coalesce(to_timestamp(e_time[q]), v_now), v_now, e_trace[q]
    from generate_subscripts(e_id, 1) as q
    where v_new[q];

  if cardinality(r_run) > 0 then
    if cardinality(p_rare.r_begin_cause) > 0 then
      select array_agg(case when b.at > v_now then b.at end order by b.q) into v_begin from (
        select q, coalesce(to_timestamp(v_begin_at[q]), v_now + v_begin_ms[q] * interval '1 millisecond') as at
        from generate_subscripts(r_run, 1) as q) as b;
    end if;
    if cardinality(v_shapes) > 0 then
      select o_born, o_begin, o_cause, o_event into v_born, v_begin, v_cause, v_by from durable.shape_runs(
        (select array_agg(e_workspace[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(e_id[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(case when v_shapes[q] is not null then octet_length(e_data[r_event[q]]) end order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(v_new[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        r_function, r_run, v_shapes, v_begin, v_cause);
    end if;
    insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at, begins_at, begin_cause)
      select e_workspace[r_event[q]], r_run[q], r_function[q], r_version[q], coalesce(v_by[q], e_id[r_event[q]]), v_now,
        v_begin[q], case when v_begin[q] is not null or v_cause[q] = 'batch' then v_cause[q] end
      from generate_subscripts(r_run, 1) as q
      where v_new[r_event[q]] and v_born[q] is not false;
    if cardinality(p_rare.g_id) > 0 then
      insert into durable.gatekeepers (workspace_id) select distinct workspace from unnest(p_rare.g_workspace) as workspace order by 1
        on conflict do nothing;
      -- Written once a day, so that births of one key do not wait for each other's commit.
      insert into durable.gates (workspace_id, id, limit_id, unit, key)
        select g.workspace, g.id, g.limit_id, g.unit, g.key
        from unnest(p_rare.g_workspace, p_rare.g_id, p_rare.g_limit, p_rare.g_unit, p_rare.g_key) as g(workspace, id, limit_id, unit, key)
        where not exists (select 1 from durable.gates k
          where k.workspace_id = g.workspace and k.id = g.id and k.touched_on >= current_date)
        order by 1, 2
        on conflict (workspace_id, id) do update set touched_on = excluded.touched_on;
    end if;
    if cardinality(v_priority) > 0 then
      perform durable.note_tenants(array(select e_workspace[r_event[q]] from generate_subscripts(r_run, 1) as q
        where v_priority[q] is not null or v_tenant[q] is not null), p_rare.q_workspace, p_rare.q_id, p_rare.q_queue, p_rare.q_function, p_rare.q_key, p_rare.q_weight);
    end if;
    insert into durable.live_runs (workspace_id, run_id, status, fence, engine_id, run_gates, step_gates, units, priority, tenant, ready_rank)
      select e_workspace[r_event[q]], r_run[q],
        case when v_begin[q] is not null then 'waiting' when v_leases and r_fence[q] is not null then 'running' else 'queued' end,
        case when v_leases and r_fence[q] is not null then r_fence[q] else (v_fences || lpad(to_hex(q), 12, '0'))::uuid end,
        case when v_leases and r_fence[q] is not null then p_engine end,
        v_run_gates[q]::uuid[], v_step_gates[q]::uuid[], v_units[q], v_priority[q], v_tenant[q],
        case when v_begin[q] is null and not (v_leases and r_fence[q] is not null) then v_rank + q end
      from generate_subscripts(r_run, 1) as q
      where v_new[r_event[q]] and v_born[q] is not false;
    if not v_leases or array_position(r_fence, null) is not null then
      insert into durable.ready (rank, workspace_id, run_id)
        select v_rank + q, e_workspace[r_event[q]], r_run[q]
        from generate_subscripts(r_run, 1) as q
        where v_new[r_event[q]] and not (v_leases and r_fence[q] is not null) and v_begin[q] is null
          and v_born[q] is not false;
    end if;
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select e_workspace[r_event[q]], r_run[q], 'run.created', 0
      from generate_subscripts(r_run, 1) as q where v_new[r_event[q]] and v_born[q] is not false;
  end if;

  if cardinality(p_rare.r_terms) > 0 then
    perform durable.note_terms((select array_agg(e_workspace[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
      (select array_agg(e_id[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
      (select array_agg(v_new[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
      r_function, r_run, v_born, p_rare.r_terms);
  end if;

  if cardinality(p_rare.t_run) > 0 then
    perform durable.limit_runs(array_agg(e_workspace[t.event]), array_agg(t.run), array_agg(t.kind), array_agg(t.ms))
      from unnest(p_rare.t_event, p_rare.t_run, p_rare.t_kind, p_rare.t_ms) as t(event, run, kind, ms)
      where v_new[t.event] and v_born[array_position(r_run, t.run)] is not false having count(*) > 0;
  end if;

  if array_remove(v_begin, null) <> '{}' then
    perform durable.put_to_sleep(array_agg(e_workspace[r_event[q]]), array_agg(r_run[q]), array_agg(v_begin[q]))
      from generate_subscripts(r_run, 1) as q where v_new[r_event[q]] and v_begin[q] is not null and v_born[q] is not false having count(*) > 0;
  end if;

  if p_cancels then
    perform durable.open_cancels(array_agg(e_workspace[r.event]), array_agg(r.run))
      from unnest(r_event, r_run) as r(event, run) where v_new[r.event] having count(*) > 0;
  end if;

  if cardinality(p_rare.k_id) > 0 then
    insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, run_id, facts, at)
      select e_workspace[k.event], k.id, e_id[k.event], k.function, k.reason, k.detail,
        -- What stood in the way of a tick, its scheduler knows.
        case k.reason when 'overlap' then (k.facts::json ->> 'run')::uuid end, k.facts, v_now
      from unnest(p_rare.k_event, p_rare.k_id, p_rare.k_function, p_rare.k_reason, p_rare.k_detail, p_rare.k_facts) as k(event, id, function, reason, detail, facts)
      where v_new[k.event];
  end if;

  -- Names nobody ever waited on: hold their bucket until commit, so that the first wait on such a name cannot
  -- register between our look and our commit (it takes the bucket exclusively). Then look again.
  perform pg_advisory_xact_lock_shared(7301, b.bucket) from (
    select distinct durable.name_bucket(n.workspace, n.name) as bucket
    from (select distinct e.workspace, e.name from unnest(e_workspace, e_name) as e(workspace, name)) as n
    where not exists (select 1 from durable.wait_patterns p where p.workspace_id = n.workspace and p.event_name = n.name)
    order by 1) as b;
  with named as (
    select n.workspace, n.name
    from (select distinct e.workspace, e.name from unnest(e_workspace, e_name) as e(workspace, name)) as n
    where exists (select 1 from durable.wait_patterns p where p.workspace_id = n.workspace and p.event_name = n.name)
  ), owed as (
    insert into durable.event_obligations (workspace_id, event_id)
      select e.workspace, e.id from unnest(v_new, e_workspace, e_id, e_name) as e(is_new, workspace, id, name)
      where e.is_new and (e.workspace, e.name) in (select workspace, name from named)
      returning event_id)
  select array_agg(event_id) into v_owed from owed;

  if v_owed is null and not false = any (v_new) then
    return null;
  end if;
  return array(select case when q.id = any (v_owed) then 'owed' else coalesce(v_state[q.no], 'new') end
    from unnest(e_id) with ordinality as q(id, no) order by q.no);
end $function$
;

CREATE OR REPLACE FUNCTION durable.act_on_bulk_item(p_workspace integer, p_bulk uuid, p_no integer, p_actor text, p_reason text, p_failure text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.add_signing_secret(p_workspace integer, p_actor text, p_secret text, p_fingerprint text)
 RETURNS TABLE(id integer, created_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_id int;
  v_created timestamptz;
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.signing_secrets as s (workspace_id, secret, fingerprint) values (p_workspace, p_secret, p_fingerprint)
    returning s.id, s.created_at into v_id, v_created;
  insert into durable.audit (workspace_id, actor, action, target)
    values (p_workspace, p_actor, 'secret.create', v_id::text);
  return query select v_id, v_created;
end $function$
;

CREATE OR REPLACE FUNCTION durable.add_webhook(p_workspace integer, p_id uuid, p_url text, p_origin text, p_events text[], p_secret text, p_actor text, p_reason text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.webhooks (workspace_id, id, url, events, state, created_at)
    values (p_workspace, p_id, p_url, p_events, 'enabled', durable.durable_now());
  insert into durable.webhook_secrets (workspace_id, webhook_id, secret, created_at) values (p_workspace, p_id, p_secret, durable.durable_now());
  perform durable.register_webhook_listeners(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'webhook.create', p_id::text,
    json_strip_nulls(json_build_object('origin', p_origin, 'events', p_events, 'reason', p_reason))::text);
end $function$
;

CREATE OR REPLACE FUNCTION durable.advance_look_back(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_looks integer, p_event uuid, p_count integer, p_total integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_wait durable.waits;
  v_is_over boolean;
begin
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  update durable.waits w
    set looked_at = coalesce(e.received_at, w.looked_at), looked_id = coalesce(e.id, w.looked_id),
        looked_count = w.looked_count + p_count
    from (values (1)) as one left join durable.events e on e.workspace_id = p_workspace and e.id = p_event
    where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key
      and not w.looked_back and w.looks = p_looks
    returning w.* into v_wait;
  if not found then
    return;
  end if;
  v_is_over := not exists (select 1 from durable.events_after(v_wait, 1));
  if v_is_over or v_wait.looked_count >= p_total then
    update durable.waits w set looked_back = true
      where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key;
  end if;
  if not v_is_over and v_wait.looked_count >= p_total then
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select l.workspace_id, l.run_id, 'run.look-back-capped', l.journal_seq from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = p_run;
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.after_ms(p_at timestamp with time zone, p_ms double precision)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$ select p_at + p_ms * interval '1 millisecond' $function$
;

CREATE OR REPLACE FUNCTION durable.alert_candidates()
 RETURNS TABLE(workspace_id integer, kind text, key text, facts jsonb)
 LANGUAGE sql
 STABLE
AS $function$
  with rule as materialized (
    select w.id as workspace_id, k.kind, durable.alert_defaults(k.kind) || coalesce(r.options::jsonb, '{}') as o
    from durable.workspaces w cross join unnest(durable.alert_kinds()) as k(kind)
    left join durable.alert_rules r on r.workspace_id = w.id and r.kind = k.kind
    where coalesce(r.enabled, true))
  select u.workspace_id, 'failed', f.function_id, jsonb_build_object('function', f.function_id, 'runs', f.failed, 'run', s.id)
    from rule u
    cross join lateral (
      select m.function_id, sum(m.failed)::int as failed from durable.metric_minutes m
      where m.workspace_id = u.workspace_id and m.minute > clock_timestamp() - durable.in_seconds(u.o, 'within_s')
      group by 1 having sum(m.failed) >= (u.o ->> 'count')::int) as f
    cross join lateral (
      select q.id from (
        select r.id from durable.runs r
        where r.workspace_id = u.workspace_id and r.function_id || '/' || r.status = f.function_id || '/failed' and r.status in ('failed', 'cancelled')
        order by r.id desc limit 20) as q
      where not durable.stems_from(u.workspace_id, q.id, 'durable.alert.') order by q.id desc limit 1) as s
    where u.kind = 'failed'
  union all
  select u.workspace_id, 'stuck', r.function_id, jsonb_build_object('function', r.function_id, 'runs', count(*), 'why', min(s.why), 'run', min(s.run_id::text))
    from rule u cross join lateral durable.stuck_runs(u.workspace_id, u.o) as s
    join durable.runs r on r.workspace_id = u.workspace_id and r.id = s.run_id
    where u.kind = 'stuck' and not durable.stems_from(u.workspace_id, s.run_id, 'durable.alert.')
    group by u.workspace_id, r.function_id
  union all
  select u.workspace_id, 'backlog', '', jsonb_build_object('queued', b.queued, 'oldest_s', b.oldest_s)
    from rule u cross join lateral (
      select (array_agg(m.queued order by m.minute desc))[1] as queued, round((array_agg(m.oldest_queued_ms order by m.minute desc))[1] / 1000) as oldest_s,
        bool_and(m.queued >= (u.o ->> 'queued')::int or coalesce(m.oldest_queued_ms, 0) >= (u.o ->> 'oldest_s')::float8 * 1000) as is_high,
        min(m.minute) as since, count(*) as minutes
      from durable.metric_backlogs m
      where m.workspace_id = u.workspace_id and m.minute > clock_timestamp() - durable.in_seconds(u.o, 'for_s') - interval '1 minute') as b
    where u.kind = 'backlog' and b.is_high and b.minutes >= greatest(1, floor((u.o ->> 'for_s')::float8 / 60))
  union all
  select u.workspace_id, 'missed', s.id, jsonb_build_object('schedule', s.id, 'function', k.function_id, 'ticks', sum((k.facts::json ->> 'count')::int))
    from rule u join durable.skips k on k.workspace_id = u.workspace_id and k.reason = 'missed'
    cross join lateral (select k.facts::json ->> 'schedule' as id) as s
    where u.kind = 'missed' and s.id is not null and k.at > durable.durable_now() - durable.in_seconds(u.o, 'within_s')
    group by u.workspace_id, s.id, k.function_id
  union all
  select u.workspace_id, 'circuit', '', jsonb_build_object('since', durable.rfc3339(c.since))
    from rule u join durable.circuits c on c.workspace_id = u.workspace_id
    where u.kind = 'circuit' and c.state = 'open' and c.since < clock_timestamp() - durable.in_seconds(u.o, 'for_s')
  union all
  select u.workspace_id, 'error', g.fingerprint, jsonb_build_object('error', g.fingerprint, 'name', g.name, 'returned', g.state_at is not null)
    from rule u join durable.error_groups g on g.workspace_id = u.workspace_id
    where u.kind = 'error' and g.state = 'open'
      and coalesce(case when g.state_by is null then g.state_at end, g.first_seen) > durable.durable_now() - durable.in_seconds(u.o, 'within_s')
      and (g.state_at is null or g.state_by is null)
      and exists (select 1 from durable.run_errors x where x.workspace_id = g.workspace_id and x.fingerprint = g.fingerprint
        and not durable.stems_from(x.workspace_id, x.run_id, 'durable.alert.'))
$function$
;

CREATE OR REPLACE FUNCTION durable.alert_defaults(p_kind text)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (case p_kind
    when 'failed' then '{"count": 10, "within_s": 300}'
    when 'stuck' then '{"retrying_s": 3600, "waiting_s": 0}'
    when 'backlog' then '{"queued": 1000, "oldest_s": 300, "for_s": 180}'
    when 'missed' then '{"within_s": 600}'
    when 'circuit' then '{"for_s": 30}'
    when 'error' then '{"within_s": 86400}'
    else '{}' end)::jsonb
$function$
;

CREATE OR REPLACE FUNCTION durable.alert_kinds()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array['failed', 'stuck', 'backlog', 'missed', 'circuit', 'error', 'webhook', 'more']
$function$
;

CREATE OR REPLACE FUNCTION durable.allow_caller(p_workspace integer, p_caller text, p_functions text[], p_actor text, p_reason text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.callers as c (workspace_id, app, functions, created_by) values (p_workspace, p_caller, p_functions, p_actor)
    on conflict (workspace_id, app) do update set functions = excluded.functions;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'caller.allow', p_caller,
    json_strip_nulls(json_build_object('functions', p_functions, 'reason', p_reason))::text);
end $function$
;

CREATE OR REPLACE FUNCTION durable.answer_input(p_workspace integer, p_id uuid, p_value text, p_by text, p_answer_id text, p_actor text, p_detail text, OUT o_status text, OUT o_by text, OUT o_at timestamp with time zone, OUT o_is_own boolean)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_input durable.inputs;
begin
  select * into v_input from durable.inputs i where i.workspace_id = p_workspace and i.id = p_id;
  if not found then
    return;
  end if;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = v_input.run_id for update;
  select * into v_input from durable.inputs i where i.workspace_id = p_workspace and i.id = p_id;
  o_status := v_input.status;
  o_by := v_input.answered_by;
  o_at := v_input.ended_at;
  o_is_own := v_input.status = 'answered' and v_input.answer_id is not distinct from p_answer_id and p_answer_id is not null;
  if v_input.status <> 'open' then
    return;
  end if;
  if v_input.due_at <= v_now then
    o_status := 'expired';
    o_at := v_input.due_at;
    return;
  end if;
  o_status := 'answered';
  o_by := p_by;
  o_at := v_now;
  o_is_own := true;
  update durable.inputs i set status = 'answered', ended_at = v_now, answered_by = p_by, answer_id = p_answer_id
    where i.workspace_id = p_workspace and i.id = p_id;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'input.answer', p_id::text, p_detail);
  perform durable.settle_entries(array[p_workspace], array[v_input.run_id], array[v_input.step_id],
    array['{"value":' || p_value || ',"by":' || to_json(p_by)::text || ',"at":"' || durable.rfc3339(v_now) || '"}'],
    array[null::uuid]);
end $function$
;

CREATE OR REPLACE FUNCTION durable.app_beside(p_own integer, p_other integer)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ select w.app from durable.workspaces w where p_other <> p_own and w.id = p_other $function$
;

CREATE OR REPLACE FUNCTION durable.apply_effects(f_kind text[], f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_kind text;
  v_workspace int[]; v_run uuid[]; v_step uuid[]; v_data text[];
begin
  foreach v_kind in array array(select distinct k from unnest(f_kind) as k order by k) loop
    select array_agg(f.workspace order by f.no), array_agg(f.run order by f.no), array_agg(f.step order by f.no),
        array_agg(f.data order by f.no)
      into v_workspace, v_run, v_step, v_data
      from unnest(f_kind, f_workspace, f_run, f_step, f_data) with ordinality as f(kind, workspace, run, step, data, no)
      where f.kind = v_kind;
    case v_kind
      when 'skip' then perform durable.effect_skip(v_workspace, v_run, v_step, v_data);
      when 'cancel' then perform durable.effect_cancel(v_workspace, v_run, v_step, v_data);
      when 'fold' then perform durable.effect_fold(v_workspace, v_run, v_step, v_data);
      when 'input' then perform durable.effect_input(v_workspace, v_run, v_step, v_data);
      when 'child' then perform durable.effect_child(v_workspace, v_run, v_step, v_data);
      when 'task' then perform durable.effect_task(v_workspace, v_run, v_step, v_data);
      when 'log' then perform durable.effect_log(v_workspace, v_run, v_step, v_data);
      when 'deployment' then perform durable.effect_deployment(v_workspace, v_run, v_step, v_data);
      when 'detour' then perform durable.effect_detour(v_workspace, v_run, v_step, v_data);
      when 'wait' then perform durable.effect_wait(v_workspace, v_run, v_step, v_data);
      when 'state' then perform durable.effect_state(v_workspace, v_run, v_step, v_data);
      when 'checkpoint' then perform durable.effect_checkpoint(v_workspace, v_run, v_step, v_data);
      when 'compensable' then perform durable.effect_compensable(v_workspace, v_run, v_step, v_data);
      when 'undone' then perform durable.effect_undone(v_workspace, v_run, v_step, v_data);
      when 'timeout' then perform durable.effect_timeout(v_workspace, v_run, v_step, v_data);
      when 'failing' then perform durable.effect_failing(v_workspace, v_run, v_step, v_data);
      else raise exception 'no effect is called %', v_kind;
    end case;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.arm_inputs(f_workspace integer[], f_run uuid[], f_step uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select i.workspace_id, i.run_id, i.step_id, 'input', least(i.due_at,
      case when i.reminded_at is null then i.remind_at end, case when i.escalated_at is null then i.escalate_at end)
    from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    join durable.inputs i on i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step
    where i.status = 'open'
    on conflict (workspace_id, run_id, step_id) do update set due_at = excluded.due_at
$function$
;

CREATE OR REPLACE FUNCTION durable.awaits_child(p_child children)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select p_child.kind = 'invoke' and exists (select 1 from durable.steps s
    where s.workspace_id = p_child.parent_workspace_id and s.run_id = p_child.parent_run_id and s.step_id = p_child.parent_step_id
      and s.seq is null)
$function$
;

CREATE OR REPLACE FUNCTION durable.batch_json(p_workspace integer, p_run uuid)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select '[' || string_agg(durable.event_json(e), ',' order by c.no) || ']' from durable.collected_events c
  join durable.events e on e.workspace_id = c.workspace_id and e.id = c.event_id
  where c.workspace_id = p_workspace and c.run_id = durable.first_origin(p_workspace, p_run)
$function$
;

CREATE OR REPLACE FUNCTION durable.bear_run(p_workspace integer, p_run uuid, p_function text, p_event uuid, p_birth json)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at)
    values (p_workspace, p_run, p_function, (p_birth ->> 'version')::int, p_event, durable.durable_now());
  insert into durable.gatekeepers (workspace_id) select p_workspace where json_array_length(p_birth -> 'gates') > 0
    on conflict do nothing;
  insert into durable.gates (workspace_id, id, limit_id, unit, key)
    select p_workspace, g.id, g."limit", g.unit, g.key
    from json_to_recordset(p_birth -> 'gates') as g(id uuid, "limit" uuid, unit text, key text)
    where not exists (select 1 from durable.gates k where k.workspace_id = p_workspace and k.id = g.id and k.touched_on >= current_date)
    order by g.id
    on conflict (workspace_id, id) do update set touched_on = excluded.touched_on;
  if p_birth ->> 'priority' is not null or p_birth ->> 'tenant' is not null then
    perform durable.note_tenants(array[p_workspace], array_agg(p_workspace), array_agg(t.id), array_agg(t.queue),
        array_agg(t.function), array_agg(t.key), array_agg(t.weight))
      from json_to_recordset(p_birth -> 'tenants') as t(id uuid, queue uuid, function text, key text, weight int);
  end if;
  insert into durable.live_runs (workspace_id, run_id, status, fence, run_gates, step_gates, units, priority, tenant, ready_rank)
    values (p_workspace, p_run, 'queued', gen_random_uuid(), (p_birth ->> 'run_gates')::uuid[], (p_birth ->> 'step_gates')::uuid[],
      (p_birth ->> 'units')::int, (p_birth ->> 'priority')::int, (p_birth ->> 'tenant')::uuid, v_rank);
  insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
  perform durable.limit_runs(array_agg(p_workspace), array_agg(p_run), array_agg(t.kind), array_agg(t.ms))
    from json_to_recordset(p_birth -> 'timeouts') as t(kind text, ms float8) having count(*) > 0;
  perform durable.open_cancels(array[p_workspace], array[p_run]);
  insert into durable.run_terms (workspace_id, run_id, name, value)
    select distinct p_workspace, p_run, t.pair ->> 0, t.pair ->> 1 from json_array_elements(p_birth -> 'terms') as t(pair);
end $function$
;

CREATE OR REPLACE FUNCTION durable.begin_bulk_item(p_workspace integer, p_bulk uuid, p_no integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.begin_epoch()
 RETURNS text
 LANGUAGE plpgsql
AS $function$
begin
  lock table durable.epochs in share row exclusive mode;
  if durable.epoch() is null then
    delete from durable.epochs;
    insert into durable.epochs default values;
  end if;
  return durable.epoch();
end $function$
;

CREATE OR REPLACE FUNCTION durable.begin_erasure(p_workspace integer, p_id uuid, p_path text[], p_value text, p_cancels boolean, p_preview boolean, p_actor text, p_reason text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_zero constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  insert into durable.erasures (workspace_id, id, path, value, cancels, preview, status, run_id, event_id, round_at, actor, reason, look_at, created_at)
    values (p_workspace, p_id, p_path, p_value, p_cancels, p_preview, 'runs', v_zero, v_zero, durable.durable_now(), p_actor, p_reason,
      clock_timestamp(), durable.durable_now());
  if not p_preview then
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (p_workspace, p_actor, 'erase.begin', p_id::text,
        json_strip_nulls(json_build_object('path', array_to_string(p_path, '.'), 'cancels', p_cancels, 'reason', p_reason))::text);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.begin_of(p_spec jsonb, p_since timestamp with time zone, p_now timestamp with time zone)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select least(durable.after_ms(p_now, (p_spec ->> 'quiet_ms')::float8), durable.after_ms(p_since, (p_spec ->> 'max_ms')::float8),
    durable.after_ms(p_since, (p_spec ->> 'wait_ms')::float8))
$function$
;

CREATE OR REPLACE FUNCTION durable.begin_request(p_workspace integer, p_actor text, p_key text, p_sha256 bytea)
 RETURNS TABLE(state text, answer text)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
  v_found durable.idempotency_keys;
begin
  delete from durable.idempotency_keys i where i.workspace_id = p_workspace and (i.actor, i.key) in (
    select o.actor, o.key from durable.idempotency_keys o
    where o.workspace_id = p_workspace and o.at < v_now - interval '24 hours'
    order by o.at limit 100 for update skip locked);
  insert into durable.idempotency_keys as i (workspace_id, actor, key, request_sha256, at)
    values (p_workspace, p_actor, p_key, p_sha256, v_now)
    on conflict (workspace_id, actor, key) do update set request_sha256 = excluded.request_sha256, answer = null, at = v_now
      where i.at < v_now - interval '24 hours'
        or (i.answer is null and i.request_sha256 = excluded.request_sha256 and i.at < v_now - interval '15 minutes');
  if found then
    return query select 'begun', null::text;
    return;
  end if;
  select i.* into v_found from durable.idempotency_keys i
    where i.workspace_id = p_workspace and i.actor = p_actor and i.key = p_key;
  return query select
    case when v_found.request_sha256 <> p_sha256 then 'other' when v_found.answer is null then 'in-flight' else 'done' end,
    case when v_found.request_sha256 = p_sha256 then v_found.answer end;
end $function$
;

CREATE OR REPLACE FUNCTION durable.begin_run(p_workspace integer, p_run uuid, p_actor text, p_reason text, OUT o_status text, OUT o_begun boolean)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_live durable.live_runs;
  v_rank bigint := durable.rank_of(v_now);
  v_at timestamptz;
begin
  o_begun := false;
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    return;
  end if;
  o_status := durable.shown_status(v_live);
  delete from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run
    and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin' returning t.due_at into v_at;
  if not found then
    return;
  end if;
  o_begun := true;
  update durable.timers set due_at = due_at - (v_at - v_now)
    where workspace_id = p_workspace and run_id = p_run and kind in ('start', 'finish');
  update durable.runs set begins_at = v_now where workspace_id = p_workspace and id = p_run;
  if v_live.status = 'waiting' then
    o_status := 'queued';
    update durable.live_runs set status = 'queued', ready_rank = v_rank where workspace_id = p_workspace and run_id = p_run;
    insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.begin', p_run::text, p_reason);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.begun', v_live.journal_seq);
end $function$
;

CREATE OR REPLACE FUNCTION durable.cancel_cascades(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  q_workspace int[]; q_run uuid[]; q_reason text[];
  v_child record;
begin
  select array_agg(o.workspace_id), array_agg(o.run_id), array_agg(o.reason) into q_workspace, q_run, q_reason
    from (select * from durable.cascades order by workspace_id, run_id limit p_limit) as o;
  if q_run is null then
    return 0;
  end if;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  for v_child in
    select q.workspace as workspace_id, q.run as run_id, q.reason, c.parent_run_id, coalesce(r.status, p.ending) as parent_status
    from unnest(q_workspace, q_run, q_reason) as q(workspace, run, reason)
    join durable.live_runs l on l.workspace_id = q.workspace and l.run_id = q.run
    left join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run
    left join durable.runs r on r.workspace_id = c.parent_workspace_id and r.id = c.parent_run_id
    left join durable.live_runs p on p.workspace_id = c.parent_workspace_id and p.run_id = c.parent_run_id
    order by q.workspace, q.run
  loop
    perform durable.cancel_run(v_child.workspace_id, v_child.run_id, 'engine', case when v_child.reason is not null then v_child.reason
      when v_child.parent_status in ('cancelled', 'cancelling') then 'its parent was cancelled: run ' || v_child.parent_run_id
      else 'its parent waits for it no longer: run ' || v_child.parent_run_id end);
  end loop;
  delete from durable.cascades o using unnest(q_workspace, q_run) as q(workspace, run)
    where o.workspace_id = q.workspace and o.run_id = q.run;
  return cardinality(q_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.cancel_run(p_workspace integer, p_run uuid, p_actor text, p_reason text, p_undo boolean DEFAULT true)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_live durable.live_runs;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    return (select r.status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
  end if;
  if v_live.ending is not null and p_undo then
    return durable.shown_status(v_live);
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, case when p_undo then 'run.cancel' else 'run.cancel-without-undo' end, p_run::text, p_reason);
  return durable.end_run(p_workspace, p_run, 'cancelled', null, p_undo);
end $function$
;

CREATE OR REPLACE FUNCTION durable.cascade_spawned(p_workspace integer, p_run uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.cascades (workspace_id, run_id)
    select c.workspace_id, c.run_id from durable.children c
    where c.parent_workspace_id = p_workspace and c.parent_run_id = p_run and c.kind = 'spawn' and c.on_cancel = 'cascade'
    on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.change_schedule(p_workspace integer, p_actor text, p_id text, p_revision integer, p_cron text, p_tz text, p_jitter_ms double precision, p_catch_up text, p_overlap text, p_data text, p_condition text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.schedule_now();
  v_schedule durable.schedules;
begin
  select * into v_schedule from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id for update;
  if not found then
    return null;
  elsif v_schedule.is_declared then
    return 'declared';
  elsif v_schedule.revision <> p_revision then
    return 'stale';
  end if;
  update durable.schedules s
    set jitter_ms = p_jitter_ms, catch_up = p_catch_up, overlap = p_overlap, data = p_data, condition = p_condition, cron = p_cron, tz = p_tz, revision = s.revision + 1,
        handled_to = case when (s.cron, s.tz) = (p_cron, p_tz) then s.handled_to else v_now end,
        next_at = case when (s.cron, s.tz) = (p_cron, p_tz) or s.next_at is null then s.next_at else v_now end
    where s.workspace_id = p_workspace and s.id = p_id;
  perform durable.ensure_overlap_limit(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.change', p_id);
  return 'changed';
end $function$
;

CREATE OR REPLACE FUNCTION durable.change_webhook(p_workspace integer, p_id uuid, p_url text, p_origin text, p_events text[], p_enabled boolean, p_actor text, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  update durable.webhooks w
    set url = coalesce(p_url, w.url), events = coalesce(p_events, w.events),
        state = case p_enabled when true then 'enabled' when false then 'disabled' else w.state end,
        why = case when p_enabled is null then w.why end, failing_since = case when p_enabled is null then w.failing_since end
    where w.workspace_id = p_workspace and w.id = p_id;
  if not found then
    return false;
  end if;
  perform durable.register_webhook_listeners(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'webhook.change', p_id::text,
    json_strip_nulls(json_build_object('origin', p_origin, 'events', p_events, 'enabled', p_enabled, 'reason', p_reason))::text);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.changes_between(p_from pg_snapshot, p_to pg_snapshot)
 RETURNS TABLE(workspace_id integer, run_id uuid, kind text, at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
  select c.workspace_id, c.run_id, c.kind, c.at from (
    select * from durable.changes where xid >= pg_snapshot_xmax(p_from)
    union all
    select * from durable.changes where xid = any (array(select pg_snapshot_xip(p_from)))
    union all
    select * from durable.changes_before where xid >= pg_snapshot_xmax(p_from)
    union all
    select * from durable.changes_before where xid = any (array(select pg_snapshot_xip(p_from)))) as c
  where pg_visible_in_snapshot(c.xid, p_to)
$function$
;

CREATE OR REPLACE FUNCTION durable.child_failure(p_name text, p_message text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select json_build_object('name', p_name, 'message', p_message, 'retry', false)::text $function$
;

CREATE OR REPLACE FUNCTION durable.claim(p_engine integer, p_limit integer)
 RETURNS TABLE(workspace_id integer, run_id uuid, step_id uuid, fence uuid, journal_seq integer, run_attempt integer, transport_attempt integer, ready_rank bigint, gates text)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  v_blocked int[];
  v_kept int[];       -- workspaces whose gates this claim opens
  p_workspace int[]; p_run uuid[]; p_step uuid[]; p_rank bigint[];
  p_came bigint[];    -- when it became ready
  p_taken boolean[];  -- null: nobody's any more
  p_gated boolean[];
  v_passed boolean[];
  v_index int[];
  v_held int;
begin
  perform set_config('synchronous_commit', 'off', true);
  perform 1 from durable.engines where id = p_engine and state = 'live' for key share;
  if not found then
    return;
  end if;
  select array_agg(c.workspace_id) into v_blocked from durable.circuits c where c.state <> 'closing';
  if v_blocked is not null and durable.park_jobs(v_blocked) > 0 then
    workspace_id := 0;
    return next;
  end if;
  if exists (select 1 from durable.pauses) then
    perform durable.release_held(1000);
  end if;
  if exists (select 1 from durable.gatekeepers) then
    v_kept := durable.keep_gates(p_limit);
    -- More have room than this claim may let in.
    if exists (select 1 from durable.gate_notes n where n.due_at = '-infinity') then
      workspace_id := 0;
      return next;
    end if;
  end if;

  with picked as materialized (
    select r.rank, r.workspace_id, r.run_id, r.step_id from durable.ready r
    order by r.rank, r.workspace_id, r.run_id, r.step_id limit p_limit for update skip locked
  ), allowed as (
    select * from picked p where v_blocked is null or p.rank < 0 or p.workspace_id <> all (v_blocked)
  ), held as materialized (
    select l.workspace_id, l.run_id, l.run_gates is not null or l.step_gates is not null as gated, l.came from durable.live_runs l
    join allowed p on p.workspace_id = l.workspace_id and p.run_id = l.run_id
    where p.step_id = c_run and l.status = 'queued' and l.ready_rank = p.rank
    order by 1, 2 for update of l skip locked
  ), held_task as materialized (
    select t.workspace_id, t.run_id, t.step_id, t.gates is not null as gated, t.came from durable.tasks t
    join allowed p on p.workspace_id = t.workspace_id and p.run_id = t.run_id and p.step_id = t.step_id
    where p.step_id <> c_run and t.status = 'queued' and t.ready_rank = p.rank
    order by 1, 2, 3 for update of t skip locked
  ), job as (
    select p.*, coalesce(h.gated, k.gated, false) as gated, coalesce(h.came, k.came, p.rank) as came,
      case when h.run_id is not null or k.run_id is not null then true
           when p.step_id = c_run then case when exists (
             select 1 from durable.live_runs l where l.workspace_id = p.workspace_id and l.run_id = p.run_id) then false end
           when exists (select 1 from durable.tasks t
             where t.workspace_id = p.workspace_id and t.run_id = p.run_id and t.step_id = p.step_id) then false end as taken
    from picked p
    left join held h on p.step_id = c_run and h.workspace_id = p.workspace_id and h.run_id = p.run_id
    left join held_task k on k.workspace_id = p.workspace_id and k.run_id = p.run_id and k.step_id = p.step_id
    order by p.rank, p.workspace_id, p.run_id, p.step_id
  )
  select array_agg(j.workspace_id), array_agg(j.run_id), array_agg(j.step_id), array_agg(j.rank), array_agg(j.taken), array_agg(j.gated), array_agg(j.came)
    into p_workspace, p_run, p_step, p_rank, p_taken, p_gated, p_came from job j;
  if p_run is null then
    return;
  end if;
  -- Somebody has its row at this moment, who settles something of it or looks at it: he does not know that we were here.
  if false = any (p_taken) then
    workspace_id := -1;
    return next;
  end if;

  if exists (select 1 from durable.pauses) then
    v_index := durable.hold_jobs(p_workspace, p_run, p_step, p_rank, p_taken);
    foreach v_held in array coalesce(v_index, '{}') loop
      p_taken[v_held] := false;
    end loop;
    if v_index is not null then
      workspace_id := 0;
      return next;
    end if;
  end if;

  if true = any (p_gated) then
    -- One that has not been ranked yet (0031) would go before its turn.
    if exists (select 1 from durable.arrivals) then
      for i in 1 .. cardinality(p_run) loop
        if p_gated[i] and exists (select 1 from durable.arrivals a where a.workspace_id = p_workspace[i] and a.rank = p_rank[i]
            and a.run_id = p_run[i] and a.step_id = p_step[i]) then
          p_taken[i] := false;
        end if;
      end loop;
    end if;
    for i in 1 .. coalesce(cardinality(v_kept), 0) loop
      select array_agg(q order by q) into v_index from generate_subscripts(p_run, 1) as q
        where p_gated[q] and p_taken[q] and p_workspace[q] = v_kept[i];
      continue when v_index is null;
      select durable.pass_gates(v_kept[i], array_agg(p_run[q] order by no), array_agg(p_step[q] order by no), array_agg(p_rank[q] order by no),
          array_fill(null::uuid, array[cardinality(v_index)]))
        into v_passed from unnest(v_index) with ordinality as v(q, no);
      for k in 1 .. cardinality(v_index) loop
        p_taken[v_index[k]] := v_passed[k];
        p_gated[v_index[k]] := false;
      end loop;
    end loop;
    -- Those of workspaces that came into ready since we looked stay there: another claim will have taken their gates.
    for i in 1 .. cardinality(p_run) loop
      if p_gated[i] then
        p_taken[i] := false;
      end if;
    end loop;
    if exists (select 1 from durable.tenants) then
      perform durable.note_starts(p_workspace, p_run, p_rank, p_taken);
    end if;
    if false = any (p_taken) then
      workspace_id := 0;
      return next;
    end if;
  end if;

  return query
  with job as materialized (
    select j.* from unnest(p_workspace, p_run, p_step, p_rank, p_came, p_taken) as j(workspace, run, step, rank, came, taken)
    where j.taken is distinct from false
  ), gone as (
    delete from durable.ready r using job j
    where r.rank = j.rank and r.workspace_id = j.workspace and r.run_id = j.run and r.step_id = j.step
  ), run as (
    update durable.live_runs l
      set status = 'running', engine_id = p_engine, fence = gen_random_uuid(), ready_rank = null, came = null
      from job j
      where j.taken and j.step = c_run and l.workspace_id = j.workspace and l.run_id = j.run and l.status = 'queued'
      returning l.workspace_id, l.run_id, c_run as step_id, l.fence, l.journal_seq, l.run_attempt, l.transport_attempt, j.rank, j.came, l.run_gates, l.step_gates
  ), task as (
    update durable.tasks t
      set status = 'running', engine_id = p_engine, fence = gen_random_uuid(), ready_rank = null, came = null
      from job j
      where j.taken and j.step <> c_run and t.workspace_id = j.workspace and t.run_id = j.run and t.step_id = j.step and t.status = 'queued'
      returning t.workspace_id, t.run_id, t.step_id, t.fence, 0, 0, t.transport_attempt, j.rank, j.came, null::uuid[], t.gates
  )
  select q.workspace_id, q.run_id, q.step_id, q.fence, q.journal_seq, q.run_attempt, q.transport_attempt, q.came,
    case when q.step_gates is null then case when q.run_gates is not null then 'run' end
         when exists (select 1 from durable.gates g where g.workspace_id = q.workspace_id and g.id = any (q.step_gates) and g.parked > 0)
             or exists (select 1 from durable.parked k where k.workspace_id = q.workspace_id and k.gate_id = q.step_gates[cardinality(q.step_gates)])
           then 'contended' else 'step' end
  from (select * from run union all select * from task) as q order by q.rank, q.workspace_id, q.run_id, q.step_id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.claim_ended_runs(p_limit integer, p_lease interval)
 RETURNS TABLE(workspace_id integer, run_id uuid, app text, environment text)
 LANGUAGE sql
AS $function$
  with due as (
    select t.workspace_id, t.run_id from durable.telemetry_runs t where t.leased_until < clock_timestamp()
    order by t.ended_at limit p_limit for update skip locked
  )
  update durable.telemetry_runs t set leased_until = clock_timestamp() + p_lease
    from due join durable.workspaces w on w.id = due.workspace_id
    where t.workspace_id = due.workspace_id and t.run_id = due.run_id
    returning t.workspace_id, t.run_id, w.app, w.environment
$function$
;

CREATE OR REPLACE FUNCTION durable.claim_parked(p_engine integer, p_workspace integer, p_limit integer)
 RETURNS TABLE(workspace_id integer, run_id uuid, step_id uuid, fence uuid, journal_seq integer, run_attempt integer, transport_attempt integer, ready_rank bigint, gates text)
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  perform 1 from durable.engines e where e.id = p_engine and e.state = 'live' for key share;
  if found then
    v_count := durable.unpark_jobs(p_workspace, '00000000-0000-0000-0000-000000000000', p_limit, -1);
    if v_count > 0 then
      return query select * from durable.claim(p_engine, v_count);
    end if;
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.claim_ticks(s_workspace integer[], s_id text[], s_revision integer[], s_handled double precision[], s_next double precision[], s_missed text[], s_detail text[], o_no integer[], o_at double precision[])
 RETURNS integer[]
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.durable_now();
  v_moved int[];
  v_event uuid[];
begin
  select coalesce(array_agg(q.no), '{}'), array_agg(durable.uuid_v7()) into v_moved, v_event from (
    select q.no from unnest(s_workspace, s_id, s_revision) with ordinality as q(workspace, id, revision, no)
    join durable.schedules s on s.workspace_id = q.workspace and s.id = q.id and s.revision = q.revision
    order by s.workspace_id, s.id for update of s) as q;
  update durable.schedules s
    set handled_to = to_timestamp(s_handled[q.no]), owed = q.owed, revision = s.revision + 1,
        next_at = case when q.owed = '{}' then to_timestamp(s_next[q.no]) else v_now + interval '1 second' end
    from (select m.no, array(select to_timestamp(o.at) from unnest(o_no, o_at) as o(no, at) where o.no = m.no order by 1) as owed
      from unnest(v_moved) as m(no)) as q
    where s.workspace_id = s_workspace[q.no] and s.id = s_id[q.no];
  with told as (
    insert into durable.events (workspace_id, id, name, data, time, received_at)
      select s_workspace[q.no], q.event, 'durable.tick', s_missed[q.no], v_now, v_now
      from unnest(v_moved, v_event) as q(no, event) where s_missed[q.no] is not null
      returning workspace_id, id)
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select told.workspace_id, durable.uuid_v7(), told.id, s.function_id, 'missed', s_detail[q.no], s_missed[q.no], v_now
    from told join unnest(v_moved, v_event) as q(no, event) on q.event = told.id
    join durable.schedules s on s.workspace_id = told.workspace_id and s.id = s_id[q.no];
  return v_moved;
end $function$
;

CREATE OR REPLACE FUNCTION durable.clear_alert_notices(q_workspace integer[], q_alert uuid[], q_state text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from durable.alert_notices o using unnest(q_workspace, q_alert, q_state) as q(workspace, alert, state)
    where o.workspace_id = q.workspace and o.alert_id = q.alert and o.state = q.state
$function$
;

CREATE OR REPLACE FUNCTION durable.clear_end_events(q_workspace integer[], q_run uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from durable.end_events o using unnest(q_workspace, q_run) as q(workspace, run)
    where o.workspace_id = q.workspace and o.run_id = q.run
$function$
;

CREATE OR REPLACE FUNCTION durable.clear_obligation(p_workspace integer, p_event uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from durable.event_obligations o where o.workspace_id = p_workspace and o.event_id = p_event
$function$
;

CREATE OR REPLACE FUNCTION durable.close_circuit(p_workspace integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.circuits set state = 'closing' where workspace_id = p_workspace and state = 'limited'
$function$
;

CREATE OR REPLACE FUNCTION durable.close_entries(c_workspace integer[], c_run uuid[], c_step uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  perform durable.drop_children(array_agg(c.workspace), array_agg(c.run), array_agg(c.step))
    from unnest(c_workspace, c_run, c_step) as c(workspace, run, step)
    join durable.steps t on t.workspace_id = c.workspace and t.run_id = c.run and t.step_id = c.step
    where t.op = 'invoke' and t.seq is null and t.status <> 'cancelled' having count(*) > 0;
  with entry as materialized (
    select c.workspace, c.run, c.step from unnest(c_workspace, c_run, c_step) as c(workspace, run, step)
    join durable.steps t on t.workspace_id = c.workspace and t.run_id = c.run and t.step_id = c.step
    where t.seq is null and t.status <> 'cancelled'
  ), task as (
    delete from durable.tasks t using entry e
      where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
      returning t.workspace_id, t.run_id, t.step_id, t.ready_rank
  ), job as (
    delete from durable.ready r using task t
      where r.rank = t.ready_rank and r.workspace_id = t.workspace_id and r.run_id = t.run_id and r.step_id = t.step_id
  ), timer as (
    delete from durable.timers t using entry e
      where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
  ), wait as (
    delete from durable.waits w using entry e
      where w.workspace_id = e.workspace and w.run_id = e.run and w.step_id = e.step
  ), beat as (
    delete from durable.heartbeats h using entry e
      where h.workspace_id = e.workspace and h.run_id = e.run and h.step_id = e.step
  ), input as (
    update durable.inputs i set status = 'cancelled', ended_at = durable.durable_now() from entry e
      where i.workspace_id = e.workspace and i.run_id = e.run and i.step_id = e.step and i.status = 'open'
  )
  update durable.steps t
    set status = 'cancelled', due_at = null, settled_at = durable.durable_now()
    from entry e where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step;
end $function$
;

CREATE OR REPLACE FUNCTION durable.close_runs(c_workspace integer[], c_run uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  perform durable.close_entries(array_agg(t.workspace_id), array_agg(t.run_id), array_agg(t.step_id))
    from unnest(c_workspace, c_run) as c(workspace, run)
    join durable.steps t on t.workspace_id = c.workspace and t.run_id = c.run
    where t.seq is null having count(*) > 0;
  delete from durable.timers t using unnest(c_workspace, c_run) as c(workspace, run)
    where t.workspace_id = c.workspace and t.run_id = c.run and t.step_id in ('00000000-0000-0000-0000-000000000000',
      '00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002');
  delete from durable.checkpoints k using unnest(c_workspace, c_run) as c(workspace, run)
    where k.workspace_id = c.workspace and k.run_id = c.run;
  delete from durable.heartbeats h using unnest(c_workspace, c_run) as c(workspace, run)
    where h.workspace_id = c.workspace and h.run_id = c.run;
  delete from durable.waits w using unnest(c_workspace, c_run) as c(workspace, run)
    where w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = '00000000-0000-0000-0000-000000000000';
end $function$
;

CREATE OR REPLACE FUNCTION durable.commit_outcomes(p_engine integer, i_workspace integer[], i_run uuid[], i_fence uuid[], i_next uuid[], i_known integer[], i_settled integer[], i_kind text[], i_result text[], i_unclaimed integer[], i_pending boolean[], i_run_attempt integer[], i_transport_attempt integer[], i_retry_ms double precision[], i_scheduled double precision[], i_leased double precision[], i_sent double precision[], i_first_byte double precision[], i_received double precision[], i_app_ms real[], s_item integer[], s_ordinal integer[], s_id uuid[], s_op text[], s_name text[], s_n integer[], s_status text[], s_value text[], s_failure text[], s_attempt integer[], s_due_ms double precision[], s_due_at double precision[], p_rare rare_outcomes DEFAULT NULL::rare_outcomes)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_state text[] := array_fill('applied'::text, array[cardinality(i_run)]);
  v_applied boolean[] := array_fill(false, array[cardinality(i_run)]);
  v_seq int[] := array_fill(0, array[cardinality(i_run)]);
  v_scope uuid[] := p_rare.s_scope;
  v_head int;
  v_status text;
  v_count int := 0;
  v_leaving int[] := '{}'; v_leaves text[] := '{}';  -- items whose lease ends, and what becomes of each
  v_queued boolean := false;
  v_there boolean[] := '{}';  -- steps that had an entry already
  v_skip int[] := '{}';
  v_owing_workspace int[]; v_owing_run uuid[];  -- ended runs that owe others something
  v_row record;
begin
  if cardinality(p_rare.p_registry_workspace) > 0 then
    perform 1 from unnest(p_rare.p_registry_workspace, p_rare.p_registry_version) as q(id, version)
      join durable.workspaces w on w.id = q.id where w.registry_version <> q.version;
    if found then
      return concat_ws(' ', array_to_string(array_fill('stale'::text, array[cardinality(i_run)]), ','), array_to_string(v_seq, ','));
    end if;
  end if;

  -- Fence by compare-and-set. One statement for the group, which locks in the order in which the items came: the
  -- numbers are the outer side of its only possible join (a sequential scan is switched off where this is called).
  -- HOT: no index on anything it changes. No trigger looks at anything it changes either: one with a condition costs
  -- more than the row.
  for v_row in
    update durable.live_runs l
      set fence = i_next[q], journal_seq = l.journal_seq + i_settled[q],
          run_attempt = i_run_attempt[q], transport_attempt = i_transport_attempt[q], lost = 0
      from generate_subscripts(i_run, 1) as q
      where l.workspace_id = i_workspace[q] and l.run_id = i_run[q] and l.fence = i_fence[q]
      returning q as no, l.journal_seq, l.journal_seq - i_settled[q] <> i_known[q] as has_news, l.pausing, l.moving,
        -- A pause and a move wait for the answer: a checkpoint has no lease of its own, and its dispatch goes on.
        i_leased[q] is not null as is_answer
  loop
    v_applied[v_row.no] := true;
    v_seq[v_row.no] := v_row.journal_seq;
    v_count := v_count + 1;
    continue when i_kind[v_row.no] in ('completed', 'failed', 'cancelled')
      or i_kind[v_row.no] = 'continue' and not v_row.pausing and not v_row.moving;
    v_status := case when i_kind[v_row.no] = 'paused' or v_row.pausing and v_row.is_answer then 'paused'
      when i_kind[v_row.no] = 'continue' then case when v_row.is_answer then 'queued' end
      -- Something settled while it ran and the holder has not seen it: it must be continued at once.
      when i_kind[v_row.no] = 'requeue' or v_row.has_news then 'queued'
      else 'waiting' end;
    if v_status is not null then
      v_leaving := v_leaving || v_row.no;
      v_leaves[v_row.no] := v_status;
      v_queued := v_queued or v_status = 'queued';
    end if;
    if v_status = 'paused' and i_kind[v_row.no] <> 'paused' then
      v_state[v_row.no] := 'paused';
    elsif v_status = 'queued' and i_kind[v_row.no] = 'continue' then
      v_state[v_row.no] := 'moved';
    elsif (v_row.pausing or v_row.moving) and not v_row.is_answer then
      v_state[v_row.no] := 'wanted';
    end if;
  end loop;
  if cardinality(v_leaving) > 0 then
    update durable.live_runs l
      set engine_id = null, status = v_leaves[q], ready_rank = case when v_leaves[q] = 'queued' then v_rank + q end,
          pausing = l.pausing and i_leased[q] is null, moving = l.moving and i_leased[q] is null
      from unnest(v_leaving) as q where l.workspace_id = i_workspace[q] and l.run_id = i_run[q];
  end if;

  if v_count < cardinality(i_run) then for i in 1 .. cardinality(i_run) loop
    continue when v_applied[i];
    select l.journal_seq, l.status into v_head, v_status from durable.live_runs l
      where l.workspace_id = i_workspace[i] and l.run_id = i_run[i] and l.fence = i_next[i];
    if not found then
      perform 1 from durable.runs r
        where r.workspace_id = i_workspace[i] and r.id = i_run[i] and r.end_fence = i_next[i];
    end if;
    if found then
      -- Its holder must hear also now that its lease is gone.
      v_state[i] := case when i_kind[i] = 'continue' and v_status = 'queued' then 'moved' else 'already' end;
      v_seq[i] := coalesce(v_head, 0);
    else
      v_state[i] := 'lost';
      insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, sent_at, received_at, app_ms)
        select i_workspace[i], i_run[i], i_fence[i], '00000000-0000-0000-0000-000000000000', 1, 'late',
          to_timestamp(i_sent[i]), to_timestamp(i_received[i]), i_app_ms[i]
        on conflict do nothing;
      insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, name, value, failure, sent_at, received_at)
        select i_workspace[i], i_run[i], i_fence[i], s_id[s], s_attempt[s], 'late', s_name[s], durable.late_value(s_value[s]),
          s_failure[s], to_timestamp(i_sent[i]), to_timestamp(i_received[i])
        from generate_subscripts(s_item, 1) as s
        where s_item[s] = i and s_op[s] in ('run', 'compensate') and s_status[s] in ('ok', 'err', 'retrying')
          and not durable.is_recorded(i_workspace[i], i_run[i], s_id[s], s_value[s], s_failure[s])
        on conflict do nothing;
    end if;
    v_skip := v_skip || i;
  end loop; end if;

  -- What was pending may be settled now, or still pend.
  if true = any (i_pending) then for v_row in
    update durable.steps t
      set seq = v_seq[i] - i_settled[i] + s_ordinal[s], status = s_status[s], value = s_value[s], failure = s_failure[s],
          attempt = s_attempt[s], due_at = coalesce(to_timestamp(s_due_at[s]), v_now + s_due_ms[s] * interval '1 millisecond'),
          settled_at = case when s_ordinal[s] is not null then v_now end,
          committed_at = case when s_ordinal[s] is null then clock_timestamp() else t.committed_at end
      from (select s, s_item[s] as i from generate_subscripts(s_item, 1) as s) as q
      where v_applied[i] and t.workspace_id = i_workspace[i] and t.run_id = i_run[i] and t.step_id = s_id[s]
      returning s as no
  loop
    v_there[v_row.no] := true;
  end loop; end if;
  -- The others are new: no conflict is looked for, which would cost each its promise, and a word that it was kept.
  if cardinality(s_item) > 0 then
    insert into durable.steps (workspace_id, run_id, step_id, scope, seq, op, name, n, status, value, failure, attempt, due_at,
        scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, dispatch, settled_at)
      select i_workspace[i], i_run[i], s_id[s], v_scope[s], v_seq[i] - i_settled[i] + s_ordinal[s],
        s_op[s], s_name[s], s_n[s], s_status[s], s_value[s], s_failure[s], s_attempt[s],
        coalesce(to_timestamp(s_due_at[s]), v_now + s_due_ms[s] * interval '1 millisecond'),
        to_timestamp(i_scheduled[i]), to_timestamp(i_leased[i]), to_timestamp(i_sent[i]),
        to_timestamp(i_first_byte[i]), to_timestamp(i_received[i]), i_app_ms[i], i_fence[i],
        case when s_ordinal[s] is not null then v_now end
      from (select s, s_item[s] as i from generate_subscripts(s_item, 1) as s) as q
      where v_applied[i] and v_there[s] is null;
  end if;
  if array_position(s_ordinal, null) is not null then
    insert into durable.timers as t (workspace_id, run_id, step_id, kind, due_at)
      select i_workspace[s.item], i_run[s.item], s.id,
        case s.op when 'sleep' then 'sleep' when 'run' then 'retry' when 'compensate' then 'retry' when 'invoke' then 'invoke' when 'input' then 'input' when 'approval' then 'input' else 'timeout' end,
        coalesce(to_timestamp(s.due_at), v_now + s.due_ms * interval '1 millisecond')
      from unnest(s_item, s_ordinal, s_id, s_op, s_due_ms, s_due_at) as s(item, ordinal, id, op, due_ms, due_at)
      where s.ordinal is null and v_applied[s.item] and (s.due_ms is not null or s.due_at is not null)
      on conflict (workspace_id, run_id, step_id) do update set kind = excluded.kind, due_at = excluded.due_at;
  end if;

  if cardinality(array_remove(i_retry_ms, null)) > 0 then
    insert into durable.timers as t (workspace_id, run_id, step_id, kind, due_at)
      select i_workspace[q.no], i_run[q.no], '00000000-0000-0000-0000-000000000000', 'retry',
        v_now + q.retry_ms * interval '1 millisecond'
      from unnest(i_retry_ms) with ordinality as q(retry_ms, no)
      where q.retry_ms is not null and v_applied[q.no]
      on conflict (workspace_id, run_id, step_id) do update set due_at = excluded.due_at;
  end if;

  if cardinality(p_rare.a_item) > 0 then
    insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure,
        scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms)
      select i_workspace[a.item], i_run[a.item], i_fence[a.item], a.step, a.attempt, a.outcome, a.failure,
        to_timestamp(i_scheduled[a.item]), to_timestamp(i_leased[a.item]), to_timestamp(i_sent[a.item]),
        to_timestamp(i_first_byte[a.item]), to_timestamp(i_received[a.item]), i_app_ms[a.item]
      from unnest(p_rare.a_item, p_rare.a_step, p_rare.a_attempt, p_rare.a_outcome, p_rare.a_failure) as a(item, step, attempt, outcome, failure)
      where v_applied[a.item]
      on conflict do nothing;
  end if;

  -- Effects before sent events: an event sent in the same answer can resolve a wait of it.
  if cardinality(p_rare.f_item) > 0 then
    perform durable.apply_effects(array_agg(f.kind order by f.no), array_agg(i_workspace[f.item] order by f.no),
        array_agg(i_run[f.item] order by f.no), array_agg(f.step order by f.no), array_agg(f.data order by f.no))
      from unnest(p_rare.f_item, p_rare.f_kind, p_rare.f_step, p_rare.f_data) with ordinality as f(item, kind, step, data, no)
      where v_applied[f.item] having count(*) > 0;
  end if;

  if v_queued then
    insert into durable.ready (rank, workspace_id, run_id)
      select l.ready_rank, l.workspace_id, l.run_id
      from unnest(i_workspace, i_run, i_next, v_applied) as q(workspace, run, next, applied)
      join durable.live_runs l on l.workspace_id = q.workspace and l.run_id = q.run and l.fence = q.next
      where q.applied and l.status = 'queued'
      order by 1, 2, 3;
  end if;

  if 'completed' = any (i_kind) or 'failed' = any (i_kind) or 'cancelled' = any (i_kind) then
    delete from durable.live_runs l using generate_subscripts(i_run, 1) as q
      where v_applied[q] and i_kind[q] in ('completed', 'failed', 'cancelled')
        and l.workspace_id = i_workspace[q] and l.run_id = i_run[q] and l.fence = i_next[q];
    with ended as (
      update durable.runs r
      set status = i_kind[q], ended_at = v_now, end_fence = i_next[q], unclaimed = i_unclaimed[q],
          output = case when i_kind[q] = 'completed' then i_result[q] end,
          failure = case when i_kind[q] = 'failed' then i_result[q] end,
          scheduled_at = to_timestamp(i_scheduled[q]), leased_at = to_timestamp(i_leased[q]),
          sent_at = to_timestamp(i_sent[q]), first_byte_at = to_timestamp(i_first_byte[q]),
          received_at = to_timestamp(i_received[q]), app_ms = i_app_ms[q], dispatch = i_fence[q]
      from generate_subscripts(i_run, 1) as q
      where v_applied[q] and i_kind[q] in ('completed', 'failed', 'cancelled') and r.workspace_id = i_workspace[q] and r.id = i_run[q]
      returning r.workspace_id, r.id, r.status
    ), beat as (
      delete from durable.heartbeats h using ended e where h.workspace_id = e.workspace_id and h.run_id = e.id
    )
    select array_agg(e.workspace_id), array_agg(e.id) into v_owing_workspace, v_owing_run from ended e
      where e.status = 'failed'
        or exists (select 1 from durable.children c where c.workspace_id = e.workspace_id and c.run_id = e.id)
        or exists (select 1 from durable.end_listeners l
                   where l.workspace_id = e.workspace_id and l.event_name = 'durable.run.' || e.status);
    if v_owing_run is not null then
      perform durable.owe_ends(v_owing_workspace, v_owing_run);
    end if;
    if 'failed' = any (i_kind) then
      perform durable.owe_grouping(array_agg(i_workspace[q]), array_agg(i_run[q])) from generate_subscripts(i_run, 1) as q
        where v_applied[q] and i_kind[q] = 'failed' having count(*) > 0;
    end if;
    if true = any (i_pending) then
      perform durable.close_runs(array_agg(i_workspace[q]), array_agg(i_run[q])) from generate_subscripts(i_run, 1) as q
        where v_applied[q] and i_pending[q] and i_kind[q] in ('completed', 'failed', 'cancelled') having count(*) > 0;
    end if;
  end if;

  if 'paused' = any (i_kind) then
    update durable.runs r set pause_reason = q.result
      from unnest(i_workspace, i_run, i_kind, i_result, v_applied) as q(workspace, run, kind, result, applied)
      where q.applied and q.kind = 'paused' and r.workspace_id = q.workspace and r.id = q.run;
    perform durable.owe_grouping(array_agg(i_workspace[q]), array_agg(i_run[q])) from generate_subscripts(i_run, 1) as q
      where v_applied[q] and i_kind[q] = 'paused' having count(*) > 0;
  end if;

  if cardinality(p_rare.e_id) > 0 then
    perform durable.accept_events(p_engine, '{}', '{}', p_rare.e_request, p_rare.e_workspace, p_rare.e_id,
      p_rare.e_client_id, p_rare.e_body_hash, p_rare.e_name, p_rare.e_data, p_rare.e_time,
      p_rare.r_event, p_rare.r_function, p_rare.r_version, p_rare.r_run, array_fill(null::uuid, array[cardinality(p_rare.r_run)]),
      e_trace => p_rare.e_trace, p_cancels => true, p_rare => p_rare.births, p_skip => v_skip);
  end if;

  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select i_workspace[q], i_run[q], 'run.' || case v_state[q] when 'paused' then 'paused' when 'moved' then 'requeue' else i_kind[q] end, v_seq[q] from generate_subscripts(i_run, 1) as q where v_applied[q];

  return concat_ws(' ', array_to_string(v_state, ','), array_to_string(v_seq, ','));
end $function$
;

CREATE OR REPLACE FUNCTION durable.commit_steps(i_workspace integer[], i_run uuid[], i_fence uuid[], i_next uuid[], i_scheduled double precision[], i_leased double precision[], i_sent double precision[], i_first_byte double precision[], i_received double precision[], i_app_ms real[], i_step uuid[], i_name text[], i_n integer[], i_value text[])
 RETURNS text
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_seq int[] := array_fill(0, array[cardinality(i_run)]);
  v_row record;
begin
  -- As in `commit_outcomes`: in the order in which the items came, and nothing changes that an index or a trigger looks at.
  for v_row in
    update durable.live_runs l
      set fence = i_next[q], journal_seq = l.journal_seq + 1, run_attempt = 0, transport_attempt = 0, lost = 0
      from generate_subscripts(i_run, 1) as q
      where l.workspace_id = i_workspace[q] and l.run_id = i_run[q] and l.fence = i_fence[q] and not l.pausing and not l.moving
      returning q as no, l.journal_seq
  loop
    v_seq[v_row.no] := v_row.journal_seq;
  end loop;
  insert into durable.steps (workspace_id, run_id, step_id, seq, op, name, n, status, value,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, dispatch, settled_at)
    select i_workspace[q], i_run[q], i_step[q], v_seq[q], 'run', i_name[q], i_n[q], 'ok', i_value[q],
      to_timestamp(i_scheduled[q]), to_timestamp(i_leased[q]), to_timestamp(i_sent[q]),
      to_timestamp(i_first_byte[q]), to_timestamp(i_received[q]), i_app_ms[q], i_fence[q], durable.durable_now()
    from generate_subscripts(i_run, 1) as q where v_seq[q] > 0;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select i_workspace[q], i_run[q], 'run.continue', v_seq[q] from generate_subscripts(i_run, 1) as q where v_seq[q] > 0;
  return array_to_string(v_seq, ',');
end $function$
;

CREATE OR REPLACE FUNCTION durable.commit_tasks(i_workspace integer[], i_run uuid[], i_step uuid[], i_fence uuid[], i_status text[], i_value text[], i_failure text[], i_attempt integer[], i_transport_attempt integer[], i_retry_ms double precision[], i_outcome text[], i_outcome_attempt integer[], i_outcome_failure text[], i_compensable boolean[], i_logs text[], i_scheduled double precision[], i_leased double precision[], i_sent double precision[], i_first_byte double precision[], i_received double precision[], i_app_ms real[])
 RETURNS text[]
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_state text[] := array_fill('lost'::text, array[cardinality(i_run)]);
  v_no int;
begin
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(i_workspace, i_run))
    order by l.workspace_id, l.run_id for update;

  for v_no in
    update durable.tasks t
      set status = 'waiting', engine_id = null, fence = gen_random_uuid(), lost = 0, started = null,
        transport_attempt = i_transport_attempt[q]
      from generate_subscripts(i_run, 1) as q
      where t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q]
        and t.fence = i_fence[q] and t.status = 'running'
      returning q
  loop
    v_state[v_no] := 'applied';
  end loop;

  -- Every task's commit leaves an attempt under its fence: that tells a repeated one from one that came too late.
  select array_agg(case when v_state[q] = 'lost' and exists (
        select 1 from durable.attempts a where a.workspace_id = i_workspace[q] and a.run_id = i_run[q] and a.fence = i_fence[q]
          and a.step_id = i_step[q] and a.outcome <> 'late') then 'already' else v_state[q] end order by q)
    into v_state from generate_subscripts(i_run, 1) as q;
  insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure, name, value,
      scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms)
    select i_workspace[q], i_run[q], i_fence[q], i_step[q], i_outcome_attempt[q],
      case when v_state[q] = 'lost' then 'late' else i_outcome[q] end, i_outcome_failure[q],
      case when v_state[q] = 'lost' then (select t.name from durable.steps t
        where t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q]) end,
      case when v_state[q] = 'lost' then durable.late_value(i_value[q]) end,
      to_timestamp(i_scheduled[q]), to_timestamp(i_leased[q]), to_timestamp(i_sent[q]),
      to_timestamp(i_first_byte[q]), to_timestamp(i_received[q]), i_app_ms[q]
    from generate_subscripts(i_run, 1) as q where v_state[q] <> 'already'
    on conflict do nothing;

  update durable.steps t
    set attempt = i_attempt[q],
        status = case when i_status[q] = 'retrying' or i_attempt[q] > t.attempt and i_status[q] = 'paused' then 'retrying' else t.status end,
        failure = case when i_status[q] = 'retrying' then i_failure[q] else t.failure end,
        due_at = case when i_status[q] = 'retrying' then v_now + i_retry_ms[q] * interval '1 millisecond' end,
        committed_at = case when i_status[q] in ('ok', 'err') then t.committed_at else clock_timestamp() end
    from generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and i_status[q] in ('ok', 'err', 'retrying', 'paused')
      and t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q] and t.seq is null;

  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select i_workspace[q], i_run[q], i_step[q], 'task', v_now + i_retry_ms[q] * interval '1 millisecond'
    from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_retry_ms[q] is not null;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select l.workspace_id, l.run_id, 'run.step', l.journal_seq from generate_subscripts(i_run, 1) as q
    join durable.live_runs l on l.workspace_id = i_workspace[q] and l.run_id = i_run[q]
    where v_state[q] = 'applied' and i_retry_ms[q] is not null;

  delete from durable.heartbeats h using generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and h.workspace_id = i_workspace[q] and h.run_id = i_run[q] and h.step_id = i_step[q];
  delete from durable.tasks t using generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and i_status[q] in ('ok', 'err')
      and t.workspace_id = i_workspace[q] and t.run_id = i_run[q] and t.step_id = i_step[q];
  perform durable.settle_entries(array_agg(i_workspace[q] order by q), array_agg(i_run[q] order by q), array_agg(i_step[q] order by q),
      array_agg(i_value[q] order by q), array_agg(null::uuid), array_agg(i_failure[q] order by q))
    from generate_subscripts(i_run, 1) as q
    where v_state[q] = 'applied' and i_status[q] in ('ok', 'err') having count(*) > 0;

  perform durable.effect_compensable(array_agg(i_workspace[q]), array_agg(i_run[q]), array_agg(i_step[q]), null)
    from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_compensable[q] having count(*) > 0;

  perform durable.effect_log(array_agg(i_workspace[q] order by q), array_agg(i_run[q] order by q), array_agg(i_step[q] order by q),
      array_agg(i_logs[q] order by q))
    from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_logs[q] is not null having count(*) > 0;

  perform durable.pause_runs(array_agg(p.workspace), array_agg(p.run), array_agg(p.failure))
    from (select distinct on (i_workspace[q], i_run[q]) i_workspace[q] as workspace, i_run[q] as run, i_failure[q] as failure
          from generate_subscripts(i_run, 1) as q where v_state[q] = 'applied' and i_status[q] = 'paused'
          order by 1, 2) as p having count(*) > 0;
  return v_state;
end $function$
;

CREATE OR REPLACE FUNCTION durable.comparable(p_data text)
 RETURNS jsonb
 LANGUAGE plpgsql
 IMMUTABLE
AS $function$
begin
  return p_data::jsonb;
exception when data_exception or program_limit_exceeded then
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.create_schedule(p_workspace integer, p_actor text, p_id text, p_function text, p_cron text, p_tz text, p_jitter_ms double precision, p_catch_up text, p_overlap text, p_data text, p_condition text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  perform 1 from durable.workspaces w where w.id = p_workspace for share;
  if not durable.is_served(p_workspace, p_function) then
    return 'unserved';
  end if;
  insert into durable.schedules
      (workspace_id, id, function_id, is_declared, cron, tz, jitter_ms, catch_up, overlap, data, condition, handled_to, next_at, created_at)
    values (p_workspace, p_id, p_function, false, p_cron, p_tz, p_jitter_ms, p_catch_up, p_overlap, p_data, p_condition, v_now, v_now, v_now)
    on conflict do nothing;
  if not found then
    return case when exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id
      and (s.function_id, s.cron, s.tz, s.jitter_ms, s.catch_up, s.overlap, s.data, s.condition)
        is not distinct from (p_function, p_cron, p_tz, p_jitter_ms, p_catch_up, p_overlap, p_data, p_condition)) then 'same' else 'taken' end;
  end if;
  perform durable.ensure_overlap_limit(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.create', p_id);
  return 'created';
end $function$
;

CREATE OR REPLACE FUNCTION durable.declare_limits(p_workspace integer, l_id uuid[], l_name text[], l_function text[], l_kind text[], l_count integer[], l_period_ms double precision[], l_burst integer[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_changed uuid[];
begin
  perform 1 from durable.gatekeepers where workspace_id = p_workspace for update;
  with gone as (
    update durable.limits l set declared = null, set_to = null
      where l.workspace_id = p_workspace and l.declared is not null and l.id <> all (l_id)
        and l.id <> durable.overlap_limit() returning l.id
  ), kept as (
    insert into durable.limits as l (workspace_id, id, name, function_id, kind, declared, period_ms, burst)
      select p_workspace, d.* from unnest(l_id, l_name, l_function, l_kind, l_count, l_period_ms, l_burst)
        as d(id, name, function_id, kind, declared, period_ms, burst) order by d.id
      on conflict (workspace_id, id) do update
        set name = excluded.name, function_id = excluded.function_id, declared = excluded.declared,
            period_ms = excluded.period_ms, burst = excluded.burst
        where (l.name, l.function_id, l.declared, l.period_ms, l.burst)
          is distinct from (excluded.name, excluded.function_id, excluded.declared, excluded.period_ms, excluded.burst)
      returning l.id
  )
  select array_agg(id) into v_changed from (select id from gone union all select id from kept) as c;
  perform durable.reconsider_gates(p_workspace, v_changed);
end $function$
;

CREATE OR REPLACE FUNCTION durable.declare_schedules(p_workspace integer, c_id text[], c_function text[], c_cron text[], c_tz text[], c_jitter_ms double precision[], c_catch_up text[], c_overlap text[], c_data text[], c_condition text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  update durable.schedules s set removed_at = v_now, next_at = null, owed = '{}', revision = s.revision + 1
    where s.workspace_id = p_workspace and s.is_declared and s.removed_at is null and s.id <> all (c_id);
  insert into durable.schedules as s
      (workspace_id, id, function_id, is_declared, cron, tz, jitter_ms, catch_up, overlap, data, condition, handled_to, next_at, created_at)
    select p_workspace, c.id, c.function_id, true, c.cron, c.tz, c.jitter_ms, c.catch_up, c.overlap, c.data, c.condition, v_now, v_now, v_now
    from unnest(c_id, c_function, c_cron, c_tz, c_jitter_ms, c_catch_up, c_overlap, c_data, c_condition)
      as c(id, function_id, cron, tz, jitter_ms, catch_up, overlap, data, condition) order by c.id
    on conflict (workspace_id, id) do update
      set jitter_ms = excluded.jitter_ms, catch_up = excluded.catch_up, overlap = excluded.overlap, data = excluded.data,
          condition = excluded.condition,
          handled_to = case when s.removed_at is null then s.handled_to else v_now end,
          next_at = case when s.removed_at is null then s.next_at when s.paused_at is null then v_now end,
          removed_at = null, revision = s.revision + 1
      where s.removed_at is not null or (s.jitter_ms, s.catch_up, s.overlap, s.data, s.condition)
        is distinct from (excluded.jitter_ms, excluded.catch_up, excluded.overlap, excluded.data, excluded.condition);
  update durable.schedules s
    set next_at = case when durable.is_served(p_workspace, s.function_id) then v_now end, handled_to = v_now, owed = '{}',
        revision = s.revision + 1
    where s.workspace_id = p_workspace and not s.is_declared and s.paused_at is null
      and (s.next_at is not null) <> durable.is_served(p_workspace, s.function_id);
  perform durable.ensure_overlap_limit(p_workspace);
end $function$
;

CREATE OR REPLACE FUNCTION durable.declared_hash(p_paths text[], p_match jsonb)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when count(*) = count(v) then md5(coalesce(string_agg(path || E'\x1f' || v, E'\x1e' order by no), ''))::uuid end
  from (
    select path, no, durable.scalar_text(p_match -> path) as v
    from unnest(p_paths) with ordinality as p(path, no)
  ) as values_at
$function$
;

CREATE OR REPLACE FUNCTION durable.delete_events(p_workspace integer, p_event uuid[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  delete from durable.skips s using unnest(p_event) as k(event) where s.workspace_id = p_workspace and s.event_id = k.event;
  with gone as (
    delete from durable.events e using unnest(p_event) as k(event) where e.workspace_id = p_workspace and e.id = k.event
      returning e.id, e.client_id),
  named as (
    delete from durable.event_ids i using gone g where i.workspace_id = p_workspace and i.client_id = g.client_id and i.event_id = g.id)
  select count(*) into v_count from gone;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.delete_runs(p_workspace integer, p_run uuid[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_run uuid[];
  v_table text;
begin
  -- A rerun takes the row of its first origin, and reads what it keeps: it is waited for.
  select array_agg(q.id) into v_run from (
    select r.id from durable.runs r where r.workspace_id = p_workspace and r.id = any (p_run) and r.ended_at is not null
      and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = r.id)
    order by r.id for update of r) as q;
  if v_run is null then
    return 0;
  end if;
  foreach v_table in array durable.tables_of_runs() || array['steps', 'attempts', 'logs'] loop
    execute format('delete from durable.%I t using unnest($2) as k(run) where t.workspace_id = $1 and t.run_id = k.run', v_table)
      using p_workspace, v_run;
  end loop;
  delete from durable.runs r using unnest(v_run) as k(run) where r.workspace_id = p_workspace and r.id = k.run;
  return cardinality(v_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.delete_schedule(p_workspace integer, p_actor text, p_id text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_declared boolean;
begin
  select s.is_declared into v_declared from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id for update;
  if not found then
    return null;
  elsif v_declared then
    return 'declared';
  end if;
  delete from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id;
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.delete', p_id);
  return 'deleted';
end $function$
;

CREATE OR REPLACE FUNCTION durable.delete_view(p_workspace integer, p_id uuid, p_actor text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_view durable.saved_views;
begin
  delete from durable.saved_views v where v.workspace_id = p_workspace and v.id = p_id returning * into v_view;
  if not found then
    return false;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'view.delete', p_id::text, json_build_object('screen', v_view.screen, 'name', v_view.name)::text);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.delete_webhook(p_workspace integer, p_id uuid, p_actor text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  delete from durable.webhooks w where w.workspace_id = p_workspace and w.id = p_id;
  if not found then
    return false;
  end if;
  delete from durable.webhook_secrets s where s.workspace_id = p_workspace and s.webhook_id = p_id;
  delete from durable.webhook_deliveries d where d.workspace_id = p_workspace and d.webhook_id = p_id;
  perform durable.register_webhook_listeners(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'webhook.delete', p_id::text);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.deployment_of(p_workspace integer, p_run uuid, p_seq integer)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select d.deployment from durable.run_deployments d
  where d.workspace_id = p_workspace and d.run_id = p_run and d.from_seq <= coalesce(p_seq, 2147483647)
  order by d.from_seq desc limit 1
$function$
;

CREATE OR REPLACE FUNCTION durable.drop_children(p_workspace integer[], p_run uuid[], p_step uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.cascades (workspace_id, run_id)
    select c.workspace_id, c.run_id from unnest(p_workspace, p_run, p_step) as p(workspace, run, step)
    join durable.children c on c.parent_workspace_id = p.workspace and c.parent_run_id = p.run and c.parent_step_id = p.step
    where c.on_cancel = 'cascade' on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.drop_job(p_workspace integer, p_run uuid, p_step uuid, p_gates uuid[], p_rank bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_gate uuid;
begin
  loop
    delete from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = any (p_gates) and k.rank = p_rank and k.run_id = p_run and k.step_id = p_step
      returning k.gate_id into v_gate;
    if found then
      perform durable.note_limit_wait(p_workspace, p_run, p_step, p_rank, v_gate);
      insert into durable.gate_notes (due_at, workspace_id, gate_id, dropped) values ('-infinity', p_workspace, v_gate, 1);
      return;
    end if;
    delete from durable.ready r
      where r.rank = p_rank and r.workspace_id = p_workspace and r.run_id = p_run and r.step_id = p_step;
    exit when found;
    perform 1 from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = any (p_gates) and k.rank = p_rank and k.run_id = p_run and k.step_id = p_step;
    exit when not found;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.drop_partition(p_rows_max integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_part durable.partitions;
  v_from uuid;
  v_to uuid;
  v_workspace int[] := '{}'; v_run uuid[] := '{}';           -- runs that stay
  v_event_workspace int[] := '{}'; v_event uuid[] := '{}';   -- events that do
  v_steps bigint;
  v_runs bigint;
  v_table text;
  v_is_run boolean;
begin
  if not pg_try_advisory_xact_lock(7302, 0) then
    return null;
  end if;
  select * into v_part from durable.partitions p
    where (p.state = 'open' or p.state = 'crowded' and p.looked_at < v_now - interval '1 hour')
      and p.to_at <= v_now - durable.longest_retention()
    order by p.no limit 1;
  if not found then
    return null;
  end if;
  v_from := durable.first_id(v_part.from_at);
  v_to := durable.first_id(v_part.to_at);
  perform set_config('enable_seqscan', 'on', true);
  execute format($q$
    select count(*), coalesce(array_agg(q.workspace_id) filter (where q.stays), '{}'), coalesce(array_agg(q.id) filter (where q.stays), '{}') from (
      select r.workspace_id, r.id, r.ended_at is null or r.ended_at >= $1 - w.retention_days * interval '1 day' as stays
      from durable.%I r join durable.workspaces w on w.id = r.workspace_id) as q $q$, 'runs_p' || v_part.no)
    into v_runs, v_workspace, v_run using v_now;
  execute format($q$
    select count(*) from (select 1 from unnest($1, $2) as k(workspace, run)
      join durable.%I s on s.workspace_id = k.workspace and s.run_id = k.run limit $3) as q $q$, 'steps_p' || v_part.no)
    into v_steps using v_workspace, v_run, p_rows_max + 1;
  execute format($q$
    select coalesce(array_agg(q.workspace_id), '{}'), coalesce(array_agg(q.id), '{}') from (
      select e.workspace_id, e.id from durable.%I e join durable.workspaces w on w.id = e.workspace_id
        where e.received_at >= $1 - w.retention_days * interval '1 day'
      union
      select r.workspace_id, r.event_id from unnest($2, $3) as k(workspace, run) join durable.runs r on r.workspace_id = k.workspace and r.id = k.run
        where r.event_id >= $4 and r.event_id < $5
      union
      select r.workspace_id, r.event_id from durable.runs_default r where r.event_id >= $4 and r.event_id < $5
      union
      select r.workspace_id, r.event_id from durable.runs r where r.origin_run_id is not null and r.event_id >= $4 and r.event_id < $5
        and not (r.id >= $4 and r.id < $5)
      union
      select c.workspace_id, c.event_id from durable.collected_events c join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
        where c.event_id >= $4 and c.event_id < $5 and (r.id < $4 or r.id >= $5 or r.id = any ($3))
      union
      select s.workspace_id, s.event_id from durable.skips s join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.started_run
        where s.event_id >= $4 and s.event_id < $5 and (r.id < $4 or r.id >= $5 or r.id = any ($3))) as q $q$, 'events_p' || v_part.no)
    into v_event_workspace, v_event using v_now, v_workspace, v_run, v_from, v_to;
  if v_steps + cardinality(v_run) + cardinality(v_event) > p_rows_max then
    update durable.partitions p set state = 'crowded', looked_at = v_now where p.no = v_part.no;
    return 'crowded';
  end if;

  perform set_config('enable_seqscan', 'off', true);
  perform set_config('lock_timeout', '100', true);
  foreach v_table in array durable.partitioned() loop
    execute format('lock table only durable.%I in access exclusive mode', v_table);
  end loop;
  -- Ids come from the clocks of engines. Nobody can begin a run there any more from here on.
  perform 1 from durable.workspaces w cross join lateral (
    select 1 from durable.live_runs l where l.workspace_id = w.id and l.run_id >= v_from and l.run_id < v_to and l.run_id <> all (v_run) limit 1) as x;
  if found then
    return 'again';
  end if;
  foreach v_table in array durable.partitioned() loop
    v_is_run := v_table <> 'events';
    execute format('alter table durable.%I detach partition durable.%I', v_table, v_table || '_p' || v_part.no);
    execute format($q$
      insert into durable.%I overriding system value select p.* from unnest($1, $2) as k(workspace, id)
        join durable.%I p on p.workspace_id = k.workspace and p.%I = k.id $q$, v_table, v_table || '_p' || v_part.no,
        case when v_table in ('events', 'runs') then 'id' else 'run_id' end)
      using case when v_is_run then v_workspace else v_event_workspace end, case when v_is_run then v_run else v_event end;
    execute format('drop table durable.%I', v_table || '_p' || v_part.no);
  end loop;
  update durable.partitions p
    set state = 'dropped', dropped_at = v_now, runs = v_runs, runs_kept = cardinality(v_run), events_kept = cardinality(v_event)
    where p.no = v_part.no;
  return 'dropped';
end $function$
;

CREATE OR REPLACE FUNCTION durable.durable_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select statement_timestamp() $function$
;

CREATE OR REPLACE FUNCTION durable.effect_cancel(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform durable.give_back(f_workspace, f_run, f_step);
  perform durable.close_entries(f_workspace, f_run, f_step);
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_checkpoint(q_workspace integer[], q_run uuid[], q_step uuid[], q_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.checkpoints as c (workspace_id, run_id, fence, seq, body_sha256, journal_seq)
    select q.workspace, q.run, (q.data::json ->> 'fence')::uuid, (q.data::json ->> 'seq')::int, q.data::json ->> 'sha256',
      l.journal_seq
    from unnest(q_workspace, q_run, q_data) as q(workspace, run, data)
    join durable.live_runs l on l.workspace_id = q.workspace and l.run_id = q.run
    on conflict (workspace_id, run_id) do update
      set fence = excluded.fence, seq = excluded.seq, body_sha256 = excluded.body_sha256,
          journal_seq = excluded.journal_seq, at = excluded.at;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_child(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if '{}' <> array(select 1 from unnest(f_data) as d where d::json ->> 'workspace' is not null) then
    perform durable.hold_registries(f_data);
  end if;
  insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select coalesce((d ->> 'workspace')::int, f_workspace[q]), (d ->> 'run')::uuid, f_workspace[q], f_run[q], f_step[q],
      d ->> 'kind', d ->> 'on_cancel', (d ->> 'depth')::int
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::json as d) as parsed;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_compensable(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.compensations (workspace_id, run_id, step_id)
    select f.workspace, f.run, f.step from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
$function$
;

CREATE OR REPLACE FUNCTION durable.effect_deployment(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.run_deployments (workspace_id, run_id, from_seq, deployment)
    select f_workspace[q], f_run[q], (f_data[q]::json ->> 'from')::int, f_data[q]::json ->> 'deployment'
    from generate_subscripts(f_run, 1) as q
    on conflict (workspace_id, run_id, from_seq) do update set deployment = excluded.deployment
$function$
;

CREATE OR REPLACE FUNCTION durable.effect_detour(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.detours (workspace_id, run_id, step_id, began_id, frame, is_certain, at)
    select s.workspace_id, s.run_id, s.step_id, (f.detour ->> 'began')::uuid, f.detour ->> 'frame',
      (f.detour ->> 'certain')::boolean, durable.durable_now()
    from (select f_workspace[q] as workspace, f_run[q] as run, f_data[q]::json as detour
          from generate_subscripts(f_run, 1) as q) as f
    join durable.steps s on s.workspace_id = f.workspace and s.run_id = f.run and s.step_id = (f.detour ->> 'left')::uuid
    where s.seq is not null
    on conflict (workspace_id, run_id, step_id) do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.effect_failing(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  perform durable.close_runs(f_workspace, f_run);
  update durable.live_runs l set ending = 'failing' from unnest(f_workspace, f_run) as f(workspace, run)
    where l.workspace_id = f.workspace and l.run_id = f.run;
  update durable.runs r set failure = f.failure from unnest(f_workspace, f_run, f_data) as f(workspace, run, failure)
    where r.workspace_id = f.workspace and r.id = f.run;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select l.workspace_id, l.run_id, 'run.failing', l.journal_seq from unnest(f_workspace, f_run) as f(workspace, run)
    join durable.live_runs l on l.workspace_id = f.workspace and l.run_id = f.run;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_fold(q_workspace integer[], q_run uuid[], q_step uuid[], q_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.folded_steps (workspace_id, run_id, step_id, group_id)
    select q.workspace, q.run, s.step_id, q.step
    from unnest(q_workspace, q_run, q_step, q_data) as q(workspace, run, step, data)
    cross join lateral json_array_elements_text(q.data::json) as f(id)
    join durable.steps s on s.workspace_id = q.workspace and s.run_id = q.run and s.step_id = f.id::uuid
    where s.seq is not null and not exists (select 1 from durable.compensations c
      where c.workspace_id = s.workspace_id and c.run_id = s.run_id and c.step_id = s.step_id)
    on conflict do nothing;
  perform durable.close_entries(array_agg(q.workspace), array_agg(q.run), array_agg(s.step_id))
    from unnest(q_workspace, q_run, q_data) as q(workspace, run, data)
    cross join lateral json_array_elements_text(q.data::json) as f(id)
    join durable.steps s on s.workspace_id = q.workspace and s.run_id = q.run and s.step_id = f.id::uuid
    where s.seq is null and s.status <> 'cancelled' having count(*) > 0;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_input(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_workspace int[]; v_id uuid[];
begin
  with asked as (
    insert into durable.inputs as i (workspace_id, id, run_id, step_id, kind, status, title, prompt, assignee, schema,
        asked_at, due_at, remind_at, escalate_at, escalate_to)
      select f_workspace[q], (d ->> 'id')::uuid, f_run[q], f_step[q], d ->> 'kind', 'open', d ->> 'title', d ->> 'prompt',
        d ->> 'assignee', d ->> 'schema', v_now, s.due_at,
        v_now + (d ->> 'remind_after_ms')::float8 * interval '1 millisecond',
        v_now + (d ->> 'escalate_after_ms')::float8 * interval '1 millisecond', d ->> 'escalate_to'
      from generate_subscripts(f_run, 1) as q
      cross join lateral (select f_data[q]::json as d) as parsed
      join durable.steps s on s.workspace_id = f_workspace[q] and s.run_id = f_run[q] and s.step_id = f_step[q]
      where s.status = 'pending'
      returning i.workspace_id, i.id)
  select array_agg(workspace_id), array_agg(id) into v_workspace, v_id from asked;
  perform durable.owe_input_notices('durable.input.requested', v_workspace, v_id);
  perform durable.arm_inputs(f_workspace, f_run, f_step);
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_log(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  with said as (
    insert into durable.logs (workspace_id, run_id, step_id, attempt, no, level, message, data, at)
    select f_workspace[q], f_run[q], f_step[q], (f_data[q]::json ->> 'attempt')::int, l.no,
      l.line ->> 'level', l.line ->> 'message', l.line ->> 'data', to_timestamp((l.line ->> 'at')::float8 / 1000)
    from generate_subscripts(f_run, 1) as q,
      json_array_elements(f_data[q]::json -> 'lines') with ordinality as l(line, no)
    order by q, l.no
    returning workspace_id, run_id, id
  )
  -- The run's row is held: no line of another commit stands between them.
  insert into durable.changes (workspace_id, run_id, kind, subject)
    select s.workspace_id, s.run_id, 'run.logs', min(s.id) || '-' || max(s.id) from said s group by s.workspace_id, s.run_id
$function$
;

CREATE OR REPLACE FUNCTION durable.effect_skip(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select coalesce((d ->> 'workspace')::int, f_workspace[q]), (d ->> 'id')::uuid, (d ->> 'event')::uuid, d ->> 'function',
      d ->> 'reason', d ->> 'detail', d ->> 'facts', durable.durable_now()
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::jsonb as d) as parsed
    where not exists (select 1 from durable.event_ids k
      where k.workspace_id = f_workspace[q] and k.client_id = d ->> 'client' and k.event_id <> (d ->> 'event')::uuid)
    on conflict do nothing;
  perform durable.tell_of_skips(array_agg(coalesce((f_data[q]::json ->> 'workspace')::int, f_workspace[q])),
      array_agg((f_data[q]::json ->> 'event')::uuid)) from generate_subscripts(f_run, 1) as q;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_state(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.run_states as s (workspace_id, run_id, value, at)
    select distinct on (f_workspace[q], f_run[q]) f_workspace[q], f_run[q], f_data[q], durable.durable_now()
    from generate_subscripts(f_run, 1) as q
    order by f_workspace[q], f_run[q], q desc
    on conflict (workspace_id, run_id) do update set value = excluded.value, at = excluded.at;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_task(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  with task as (
    insert into durable.tasks (workspace_id, run_id, step_id, kind, status, fence, ready_rank, request, gates, priority)
      select f.workspace, f.run, f.step, f.data::json ->> 'kind', 'queued', gen_random_uuid(), v_rank + f.no,
        f.data::json ->> 'request', l.step_gates, l.priority
      from unnest(f_workspace, f_run, f_step, f_data) with ordinality as f(workspace, run, step, data, no)
      join durable.steps t on t.workspace_id = f.workspace and t.run_id = f.run and t.step_id = f.step and t.status = 'pending'
      join durable.live_runs l on l.workspace_id = f.workspace and l.run_id = f.run
      returning workspace_id, run_id, step_id, ready_rank)
  insert into durable.ready (rank, workspace_id, run_id, step_id) select ready_rank, workspace_id, run_id, step_id from task;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_timeout(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform durable.limit_runs(array_agg(coalesce((d ->> 'workspace')::int, f_workspace[q])), array_agg((d ->> 'run')::uuid),
      array_agg(d ->> 'kind'), array_agg((d ->> 'ms')::float8))
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::jsonb as d) as parsed
    where not exists (select 1 from durable.event_ids k
      where k.workspace_id = f_workspace[q] and k.client_id = d ->> 'client' and k.event_id <> (d ->> 'event')::uuid)
    having count(*) > 0;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_undone(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.compensations c set undone = true from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    where c.workspace_id = f.workspace and c.run_id = f.run and c.step_id = f.step
$function$
;

CREATE OR REPLACE FUNCTION durable.effect_wait(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_wait record;
begin
  for v_wait in
    select f.workspace, f.run, f.step, f.data::json ->> 'mode' as mode, a.spec,
      -- Behind those that the run asked for before.
      coalesce((select max(w.ordinal) from durable.waits w where w.workspace_id = f.workspace and w.run_id = f.run), 0)
        + row_number() over (partition by f.workspace, f.run order by f.no, a.no) as ordinal,
      a.spec ->> 'event' as event, (a.spec -> 'match')::jsonb as match, durable.match_paths((a.spec -> 'match')::jsonb) as paths
    from unnest(f_workspace, f_run, f_step, f_data) with ordinality as f(workspace, run, step, data, no)
    cross join json_array_elements(f.data::json -> 'events') with ordinality as a(spec, no)
    order by f.workspace, a.spec ->> 'event'
  loop
    perform durable.register_pattern(v_wait.workspace, v_wait.event, v_wait.paths);
    insert into durable.waits (workspace_id, run_id, step_id, key, ordinal, mode, event_name, match, match_hash, condition, since)
      select v_wait.workspace, v_wait.run, v_wait.step, v_wait.spec ->> 'key', v_wait.ordinal, v_wait.mode, v_wait.event,
        (v_wait.spec -> 'match')::text, durable.declared_hash(v_wait.paths, v_wait.match), v_wait.spec ->> 'if',
        coalesce(v_now - (v_wait.spec ->> 'look_back_ms')::float8 * interval '1 millisecond', r.created_at)
      from durable.runs r where r.workspace_id = v_wait.workspace and r.id = v_wait.run;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.end_attempt(p_workspace integer, p_id uuid, p_attempt integer, p_status integer, p_error text, p_retry_ms double precision, p_gone boolean)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.durable_now();
  v_webhook durable.webhooks;
  v_delivery durable.webhook_deliveries;
begin
  select w.* into v_webhook from durable.webhook_deliveries d
    join durable.webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.workspace_id = p_workspace and d.id = p_id for update of w;
  select * into v_delivery from durable.webhook_deliveries d
    where d.workspace_id = p_workspace and d.id = p_id and d.attempts = p_attempt and d.state = 'waiting' for update;
  if not found then
    return null;
  end if;
  v_delivery.state := case when p_error is null then 'delivered'
    when p_gone or v_now >= v_delivery.created_at + interval '1 day' then 'given-up' else 'waiting' end;
  update durable.webhook_deliveries d
    set state = v_delivery.state, last_status = p_status, last_error = p_error,
        due_at = case when v_delivery.state = 'waiting' then v_now + p_retry_ms * interval '1 millisecond' else d.due_at end,
        ended_at = case when v_delivery.state <> 'waiting' then v_now end
    where d.workspace_id = p_workspace and d.id = p_id;
  if p_error is null then
    update durable.webhooks w set failing_since = null where w.workspace_id = p_workspace and w.id = v_webhook.id and w.failing_since is not null;
    return v_delivery.state;
  end if;
  v_webhook.failing_since := coalesce(v_webhook.failing_since, v_now);
  update durable.webhooks w set failing_since = v_webhook.failing_since where w.workspace_id = p_workspace and w.id = v_webhook.id and w.failing_since is null;
  if v_webhook.state = 'enabled' and (p_gone or v_delivery.state = 'given-up' and v_webhook.failing_since <= v_now - interval '23 hours') then
    update durable.webhooks w set state = 'failed', why = p_error where w.workspace_id = p_workspace and w.id = v_webhook.id;
    update durable.webhook_deliveries d set state = 'given-up', ended_at = v_now
      where d.workspace_id = p_workspace and d.webhook_id = v_webhook.id and d.state = 'waiting';
    perform durable.register_webhook_listeners(p_workspace);
    insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, 'engine', 'webhook.fail', v_webhook.id::text, p_error);
  end if;
  return v_delivery.state;
end $function$
;

CREATE OR REPLACE FUNCTION durable.end_bulk_item(p_workspace integer, p_bulk uuid, p_no integer, p_status text, p_detail text, p_new_run uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.end_erasure(e erasures, p_status text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  delete from durable.erasure_items i where i.workspace_id = e.workspace_id and i.erasure_id = e.id;
  update durable.erasures x set status = p_status, value = null, ended_at = durable.durable_now()
    where x.workspace_id = e.workspace_id and x.id = e.id returning * into e;
  if e.runs + e.events > 0 then
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (e.workspace_id, e.actor, 'erase.' || p_status, e.id::text,
        json_build_object('runs', e.runs, 'events', e.events, 'live', e.found_live)::text);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.end_event_data(p_run runs, p_output_bytes integer)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select '{"run":{"id":"' || p_run.id || '","started_at":"' || durable.rfc3339(durable.time_of_id(p_run.id))
      || '","ended_at":"' || durable.rfc3339(p_run.ended_at) || '"},"function":' || to_json(p_run.function_id)::text
      || ',"status":"' || p_run.status || '","event":' || json_build_object('id', coalesce(e.client_id, e.id::text), 'name', e.name)::text
      || ',"output":' || case when octet_length(p_run.output) <= p_output_bytes then p_run.output else 'null' end
      || ',"output_bytes":' || coalesce(octet_length(p_run.output), 0)
      || ',"error":' || coalesce(p_run.failure, 'null') || ',"step":' || durable.failed_step(p_run) || '}'
  from durable.events e where e.workspace_id = p_run.workspace_id and e.id = p_run.event_id
$function$
;

CREATE OR REPLACE FUNCTION durable.end_probe(p_workspace integer, p_error text)
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.circuits
    set state = case when p_error is null then 'limited' else state end,
        since = case when p_error is null then clock_timestamp() else since end,
        error = coalesce(p_error, error),
        next_probe_at = clock_timestamp() + case when p_error is null then 0 else probe_ms end * interval '1 millisecond'
    where workspace_id = p_workspace and state = 'open'
$function$
;

CREATE OR REPLACE FUNCTION durable.end_run(p_workspace integer, p_run uuid, p_status text, p_failure text, p_undo boolean)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_live durable.live_runs;
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_ending text := case p_status when 'failed' then 'failing' else 'cancelling' end;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  delete from durable.ready where rank = v_live.ready_rank and workspace_id = p_workspace and run_id = p_run;
  if v_live.engine_id is not null then
    perform pg_notify('durable_hang_up', p_run || ' ' || v_live.fence);
  end if;
  perform pg_notify('durable_hang_up', p_run || '/' || replace(t.step_id::text, '-', '') || ' ' || t.fence)
    from durable.tasks t where t.workspace_id = p_workspace and t.run_id = p_run and t.status = 'running';
  perform durable.close_runs(array[p_workspace], array[p_run]);
  if p_status = 'cancelled' then
    perform durable.cascade_spawned(p_workspace, p_run);
  end if;
  if p_undo and exists (select 1 from durable.compensations c
                        where c.workspace_id = p_workspace and c.run_id = p_run and not c.undone) then
    update durable.live_runs
      set status = 'queued', ending = v_ending, engine_id = null, fence = gen_random_uuid(), ready_rank = v_rank,
          pausing = false, moving = false, run_attempt = 0, transport_attempt = 0, lost = 0
      where workspace_id = p_workspace and run_id = p_run;
    insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
    update durable.runs set failure = p_failure, pause_reason = null where workspace_id = p_workspace and id = p_run;
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      values (p_workspace, p_run, 'run.' || v_ending, v_live.journal_seq);
    return v_ending;
  end if;
  delete from durable.live_runs where workspace_id = p_workspace and run_id = p_run;
  update durable.runs set status = p_status, ended_at = durable.durable_now(), failure = p_failure, pause_reason = null
    where workspace_id = p_workspace and id = p_run;
  perform durable.owe_ends(array[p_workspace], array[p_run]);
  if p_status = 'failed' then
    perform durable.owe_grouping(array[p_workspace], array[p_run]);
  end if;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    values (p_workspace, p_run, 'run.' || p_status, v_live.journal_seq);
  return p_status;
end $function$
;

CREATE OR REPLACE FUNCTION durable.ensure_overlap_limit(p_workspace integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.limits (workspace_id, id, name, function_id, kind, declared)
    select p_workspace, durable.overlap_limit(), 'overlap of schedules', null, 'concurrency', 1
    where exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.overlap <> 'allow')
    on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.ensure_workspace(p_app text, p_environment text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_id int;
begin
  loop
    select w.id into v_id from durable.workspaces w where w.app = p_app and w.environment = p_environment;
    if found then
      return v_id;
    end if;
    -- Another process may create it at this moment: then this inserts nothing and the next look finds it.
    insert into durable.workspaces (app, environment, production) values (p_app, p_environment, p_environment = 'prod')
      on conflict do nothing;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.epoch()
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select left(e.id::text, 8) from durable.epochs e
  where e.xmin::text = (e.xid::text::numeric % 4294967296)::text order by e.xid desc limit 1
$function$
;

CREATE OR REPLACE FUNCTION durable.epoch_us(p_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select (date_part('epoch', p_at) * 1000000)::bigint $function$
;

CREATE OR REPLACE FUNCTION durable.erase_piece(p_limit integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  e durable.erasures;
  v_id uuid[];
begin
  select * into e from durable.erasures x where x.ended_at is null and x.look_at <= clock_timestamp() order by x.look_at limit 1
    for update skip locked;
  if not found then
    return false;
  end if;
  if e.status <> 'erasing' then
    perform durable.find_owned(e, p_limit);
    return true;
  end if;

  v_id := array(select i.id from durable.erasure_items i
    where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.state <> 'gone'
      and durable.is_settled(e.workspace_id, i.id) order by i.id limit p_limit);
  if v_id <> '{}' then
    perform durable.forget_messages(e.workspace_id, v_id);
    delete from durable.webhook_deliveries d where d.workspace_id = e.workspace_id and d.run_id = any (v_id);
    update durable.erasures x set runs = x.runs + durable.delete_runs(e.workspace_id, v_id) where x.workspace_id = e.workspace_id and x.id = e.id;
    update durable.erasure_items i set state = 'gone' from unnest(v_id) as k(id)
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.id = k.id;
    return true;
  end if;

  v_id := array(select i.id from durable.erasure_items i
    where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.state = 'waiting' and e.cancels order by i.id limit 20);
  if v_id <> '{}' then
    perform durable.cancel_run(e.workspace_id, k.id, e.actor, 'it is erased') from (select id from unnest(v_id) as id order by id) as k;
    update durable.erasure_items i set state = 'ending' from unnest(v_id) as k(id)
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.id = k.id;
    return true;
  end if;

  if exists (select 1 from durable.erasure_items i
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.state <> 'gone') then
    update durable.erasures x set look_at = clock_timestamp() + interval '500 milliseconds' where x.workspace_id = e.workspace_id and x.id = e.id;
    return false;
  end if;

  v_id := array(select i.id from durable.erasure_items i
    where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event' and i.state <> 'gone'
      and not exists (select 1 from durable.event_obligations o where o.workspace_id = e.workspace_id and o.event_id = i.id)
      and not durable.is_event_needed(e.workspace_id, i.id)
      and not exists (select 1 from durable.runs r where r.workspace_id = e.workspace_id and r.origin_run_id is not null and r.event_id = i.id)
    order by i.id limit p_limit);
  if v_id <> '{}' then
    update durable.erasures x set events = x.events + durable.delete_events(e.workspace_id, v_id) where x.workspace_id = e.workspace_id and x.id = e.id;
    update durable.erasure_items i set state = 'gone' from unnest(v_id) as k(id)
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event' and i.id = k.id;
    return true;
  end if;

  -- Ids come from the clocks of engines, which differ by less than a minute. An event that is left has been made a run of since.
  if e.alive or exists (select 1 from durable.erasure_items i
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event' and i.state <> 'gone') then
    update durable.erasures x
      set status = 'runs', alive = false, round_at = durable.durable_now(), look_at = clock_timestamp() + interval '500 milliseconds',
          run_id = durable.first_id(x.round_at - interval '1 minute'), event_id = durable.first_id(x.round_at - interval '1 minute')
      where x.workspace_id = e.workspace_id and x.id = e.id;
    return true;
  end if;
  perform durable.forget_keys(e.workspace_id, e.id, e.value);
  perform durable.end_erasure(e, 'completed');
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.event_by_id(p_workspace integer, p_id text)
 RETURNS uuid
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_id uuid;
begin
  select k.event_id into v_id from durable.event_ids k where k.workspace_id = p_workspace and k.client_id = p_id;
  if found then
    return v_id;
  elsif p_id ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
    return p_id::uuid;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.event_json(p_event events)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select '{"id":' || to_json(coalesce(p_event.client_id, p_event.id::text))::text
    || ',"name":' || to_json(p_event.name)::text
    || ',"data":' || p_event.data
    || ',"time":"' || to_char(p_event.time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"}'
$function$
;

CREATE OR REPLACE FUNCTION durable.events_after(p_wait waits, p_limit integer)
 RETURNS SETOF events
 LANGUAGE sql
 STABLE
AS $function$
  select e.* from durable.events e
  where e.workspace_id = p_wait.workspace_id and e.name = p_wait.event_name
    and e.received_at >= coalesce(p_wait.looked_at, p_wait.since)
    and (p_wait.looked_at is null or (e.received_at, e.id) > (p_wait.looked_at, p_wait.looked_id))
  order by e.received_at, e.id limit p_limit
$function$
;

CREATE OR REPLACE FUNCTION durable.failed_attempts_of(p_workspace integer, p_run uuid, p_looked integer DEFAULT NULL::integer)
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select count(*) from (select a.outcome from durable.attempts a where a.workspace_id = p_workspace and a.run_id = p_run limit p_looked) as a
  where a.outcome in ('failed', 'transport', 'protocol', 'lost')
$function$
;

CREATE OR REPLACE FUNCTION durable.failed_step(p_run runs)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((
    select json_build_object('id', replace(s.step_id::text, '-', ''), 'name', s.name)::text from durable.steps s
    where s.workspace_id = p_run.workspace_id and s.run_id = p_run.id
      and s.step_id = durable.step_of_failure(p_run.failure)), 'null')
$function$
;

CREATE OR REPLACE FUNCTION durable.find_owned(e erasures, p_limit integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_seen uuid[];
  v_own uuid[];
  v_live int := 0;
  v_found int;
begin
  if e.status = 'runs' then
    v_seen := array(select r.id from durable.runs r where r.workspace_id = e.workspace_id and r.id > e.run_id order by r.id limit p_limit);
    v_own := array(select s from unnest(v_seen) as s where durable.is_owned(e.workspace_id, s, e.path, e.value, e.id));
    insert into durable.erasure_items (workspace_id, erasure_id, kind, id) select e.workspace_id, e.id, 'run', o from unnest(v_own) as o
      on conflict do nothing;
    get diagnostics v_found = row_count;
    -- Of what collects, the events may be others': theirs are found by themselves.
    insert into durable.erasure_items (workspace_id, erasure_id, kind, id)
      select distinct e.workspace_id, e.id, 'event', r.event_id from unnest(v_own) as o
      join durable.runs r on r.workspace_id = e.workspace_id and r.id = o
      join durable.events v on v.workspace_id = e.workspace_id and v.id = r.event_id
      where not exists (select 1 from durable.collected_events c where c.workspace_id = e.workspace_id and c.run_id = durable.first_origin(e.workspace_id, o))
      on conflict do nothing;
    select count(*) into v_live from unnest(v_own) as o join durable.live_runs l on l.workspace_id = e.workspace_id and l.run_id = o;
    update durable.erasures x
      set run_id = coalesce(v_seen[cardinality(v_seen)], x.run_id), found_runs = x.found_runs + v_found, found_live = x.found_live + v_live,
          alive = x.alive or v_live > 0, status = case when cardinality(v_seen) < p_limit then 'events' else x.status end
      where x.workspace_id = e.workspace_id and x.id = e.id;
    return;
  end if;
  v_seen := array(select v.id from durable.events v where v.workspace_id = e.workspace_id and v.id > e.event_id order by v.id limit p_limit);
  insert into durable.erasure_items (workspace_id, erasure_id, kind, id)
    select e.workspace_id, e.id, 'event', v.id from unnest(v_seen) as s
    join durable.events v on v.workspace_id = e.workspace_id and v.id = s
    where durable.has_scalar(v.data, e.path, e.value) or exists (select 1 from durable.erasure_items i
      where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'run' and i.id = durable.run_told_of(v))
    on conflict do nothing;
  update durable.erasures x set event_id = coalesce(v_seen[cardinality(v_seen)], x.event_id) where x.workspace_id = e.workspace_id and x.id = e.id;
  if cardinality(v_seen) < p_limit then
    select count(*) into v_found from durable.erasure_items i where i.workspace_id = e.workspace_id and i.erasure_id = e.id and i.kind = 'event';
    update durable.erasures x set status = 'erasing', found_events = v_found where x.workspace_id = e.workspace_id and x.id = e.id;
    if e.preview or not e.cancels and e.alive and e.runs = 0 then
      perform durable.end_erasure(e, case when e.preview then 'counted' else 'refused' end);
    end if;
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.find_ungrouped(p_limit integer)
 RETURNS TABLE(workspace_id integer, run_id uuid, at timestamp with time zone, function_id text, function_version integer, deployment text, failure text, step text)
 LANGUAGE sql
 STABLE
AS $function$
  select u.workspace_id, u.run_id, u.at, r.function_id, r.function_version, coalesce(durable.deployment_of(u.workspace_id, u.run_id, null), ''), f.failure, s.name
  from (select * from durable.ungrouped o order by o.workspace_id, o.run_id limit p_limit) as u
  join durable.runs r on r.workspace_id = u.workspace_id and r.id = u.run_id
  cross join lateral (select coalesce(r.pause_reason, r.failure) as reason) as w
  left join lateral (
    select a.failure, a.step_id from durable.attempts a
    where a.workspace_id = u.workspace_id and a.run_id = u.run_id and a.outcome = 'failed'
      and (w.reason is null or w.reason::json ->> 'name' in ('Exhausted', 'Paused'))
    order by a.committed_at desc limit 1) as a on true
  cross join lateral (select coalesce(a.failure, w.reason) as failure) as f
  left join durable.steps s on s.workspace_id = u.workspace_id and s.run_id = u.run_id
    and s.step_id = coalesce(durable.step_of_failure(f.failure), a.step_id)
$function$
;

CREATE OR REPLACE FUNCTION durable.fire_inputs(f_workspace integer[], f_run uuid[], f_step uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_workspace int[]; v_id uuid[];
begin
  update durable.inputs i set status = 'expired', ended_at = v_now
    from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    where i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open' and i.due_at <= v_now;
  with reminded as (
    update durable.inputs i set reminded_at = v_now
      from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
      where i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open'
        and i.remind_at <= v_now and i.reminded_at is null
      returning i.workspace_id, i.id)
  select array_agg(workspace_id), array_agg(id) into v_workspace, v_id from reminded;
  perform durable.owe_input_notices('durable.input.reminder', v_workspace, v_id);
  with escalated as (
    update durable.inputs i set escalated_at = v_now, escalated_from = i.assignee, assignee = i.escalate_to
      from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
      where i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open'
        and i.escalate_at <= v_now and i.escalated_at is null
      returning i.workspace_id, i.id)
  select array_agg(workspace_id), array_agg(id) into v_workspace, v_id from escalated;
  perform durable.owe_input_notices('durable.input.escalated', v_workspace, v_id);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select l.workspace_id, l.run_id, 'run.input', l.journal_seq from unnest(f_workspace, f_run, f_step) as f(workspace, run, step)
    join durable.inputs i on i.workspace_id = f.workspace and i.run_id = f.run and i.step_id = f.step and i.status = 'open'
    join durable.live_runs l on l.workspace_id = f.workspace and l.run_id = f.run;
  perform durable.arm_inputs(f_workspace, f_run, f_step);
end $function$
;

CREATE OR REPLACE FUNCTION durable.fire_timers(p_limit integer)
 RETURNS TABLE(fired integer, next_due_ms double precision, is_tick boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  d_workspace int[]; d_run uuid[]; d_step uuid[];
  l_workspace int[]; l_run uuid[];
  f_workspace int[]; f_run uuid[]; f_step uuid[]; f_kind text[];
begin
  if not pg_try_advisory_xact_lock(7302, 1) then
    return query select 0, null::float8, false;
    return;
  end if;
  select array_agg(t.workspace_id), array_agg(t.run_id), array_agg(t.step_id) into d_workspace, d_run, d_step
    from (select workspace_id, run_id, step_id from durable.timers where due_at <= v_now order by due_at limit p_limit) as t;
  if d_run is not null then
    -- A run in the middle of a commit is skipped: its timer is still due at the next round. A retry waits
    -- until its run has let go, or the dispatch that follows would not know of it.
    select array_agg(q.workspace_id), array_agg(q.run_id) into l_workspace, l_run from (
      select l.workspace_id, l.run_id from durable.live_runs l
      where (l.workspace_id, l.run_id) in (select * from unnest(d_workspace, d_run))
      order by 1, 2 for update skip locked) as q;
    with gone as (
      delete from durable.timers t
        using unnest(d_workspace, d_run, d_step) as d(workspace, run, step)
        where t.workspace_id = d.workspace and t.run_id = d.run and t.step_id = d.step and t.due_at <= v_now
          and (not exists (select 1 from durable.live_runs l where l.workspace_id = d.workspace and l.run_id = d.run)
            or exists (select 1 from unnest(l_workspace, l_run) as k(workspace, run)
                       join durable.live_runs l on l.workspace_id = k.workspace and l.run_id = k.run
                       where k.workspace = d.workspace and k.run = d.run and (t.kind <> 'retry' or l.status <> 'running')))
          -- A wait whose event came in time must not time out because nobody has held the two together yet.
          and (t.kind <> 'timeout' or not exists (
            select 1 from durable.waits w
            where w.workspace_id = t.workspace_id and w.run_id = t.run_id and w.step_id = t.step_id and w.event_id is null
              and (not w.looked_back or exists (
                select 1 from durable.event_obligations o
                join durable.events e on e.workspace_id = o.workspace_id and e.id = o.event_id
                where o.workspace_id = w.workspace_id and e.name = w.event_name and e.received_at <= t.due_at))))
          -- Nor a child that ended in time because its parent has not been told yet.
          and (t.kind <> 'invoke' or not exists (
            select 1 from durable.children c
            join durable.child_ends o on o.workspace_id = c.workspace_id and o.run_id = c.run_id
            where c.parent_workspace_id = t.workspace_id and c.parent_run_id = t.run_id and c.parent_step_id = t.step_id))
        returning t.workspace_id, t.run_id, t.step_id, t.kind, t.due_at)
    select array_agg(workspace_id), array_agg(run_id), array_agg(step_id), array_agg(kind)
      into f_workspace, f_run, f_step, f_kind from (select * from gone order by workspace_id, run_id, due_at, step_id) as g;
    if f_run is not null then
      with woken as (
        update durable.live_runs l set status = 'queued', ready_rank = v_rank
          where l.status = 'waiting' and (l.workspace_id, l.run_id) in (
            select f.workspace, f.run from unnest(f_workspace, f_run, f_kind) as f(workspace, run, kind) where f.kind in ('retry', 'begin'))
          returning l.workspace_id, l.run_id, l.journal_seq
      ), job as (
        insert into durable.ready (rank, workspace_id, run_id) select v_rank, workspace_id, run_id from woken
      )
      insert into durable.changes (workspace_id, run_id, kind, journal_seq)
        select workspace_id, run_id, 'run.woken', journal_seq from woken;
      with woken as (
        update durable.tasks t set status = 'queued', ready_rank = v_rank
          from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
          where f.kind = 'task' and t.workspace_id = f.workspace and t.run_id = f.run and t.step_id = f.step
            and t.status = 'waiting'
          returning t.workspace_id, t.run_id, t.step_id)
      insert into durable.ready (rank, workspace_id, run_id, step_id) select v_rank, workspace_id, run_id, step_id from woken;
      perform durable.drop_children(array_agg(f.workspace), array_agg(f.run), array_agg(f.step))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind = 'invoke' having count(*) > 0;
      perform durable.fire_inputs(array_agg(f.workspace), array_agg(f.run), array_agg(f.step))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind = 'input' having count(*) > 0;
      -- Of a wait for all of several that is over, nobody is given those that came.
      perform durable.give_back(array_agg(f.workspace), array_agg(f.run), array_agg(f.step))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind = 'timeout' having count(*) > 0;
      perform durable.settle_entries(array_agg(f.workspace), array_agg(f.run), array_agg(f.step),
          array_agg(case when f.kind in ('timeout', 'input') then 'null' end), array_agg(null::uuid),
          array_agg(case when f.kind = 'invoke' then durable.child_failure('InvokeTimeoutError',
            'The invoked function did not end within the step''s timeout.') end))
        from unnest(f_workspace, f_run, f_step, f_kind) as f(workspace, run, step, kind)
        where f.kind not in ('retry', 'begin', 'task', 'start', 'finish')
          -- Its reminder or its escalation may have been what was due.
          and (f.kind <> 'input' or exists (select 1 from durable.inputs i where i.workspace_id = f.workspace
            and i.run_id = f.run and i.step_id = f.step and i.status = 'expired')) having count(*) > 0;
      perform durable.run_out(f.workspace, f.run, f.kind)
        from unnest(f_workspace, f_run, f_kind) as f(workspace, run, kind) where f.kind in ('start', 'finish');
    end if;
  end if;
  -- A gate that opens now is a reason to claim as well.
  return query select coalesce(cardinality(f_run), 0)
      + (select count(*)::int from (select 1 from durable.gate_notes n where n.due_at <= v_now limit 1) as n),
    (select extract(epoch from least((select min(t.due_at) from durable.timers t),
       (select min(n.due_at) from durable.gate_notes n where n.due_at > v_now),
       (select min(s.next_at) from durable.schedules s where s.next_at > v_now)) - v_now)::float8 * 1000),
    exists (select 1 from durable.schedules s where s.next_at <= v_now);
end $function$
;

CREATE OR REPLACE FUNCTION durable.first_id(p_at timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select (lpad(to_hex(greatest(0, floor(extract(epoch from p_at) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid
$function$
;

CREATE OR REPLACE FUNCTION durable.first_origin(p_workspace integer, p_run uuid)
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$
  with recursive line(run_id, origin) as (
    select r.id, r.origin_run_id from durable.runs r where r.workspace_id = p_workspace and r.id = p_run
    union all
    select r.id, r.origin_run_id from line l join durable.runs r on r.workspace_id = p_workspace and r.id = l.origin
  )
  select l.run_id from line l where l.origin is null
    or not exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = l.origin)
$function$
;

CREATE OR REPLACE FUNCTION durable.forget_keys(p_workspace integer, p_erasure uuid, p_value text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_key text := case when json_typeof(p_value::json) = 'string' then p_value end;
begin
  delete from durable.shape_keys k where k.workspace_id = p_workspace and (k.key = v_key or exists (
      select 1 from durable.erasure_items i where i.workspace_id = p_workspace and i.erasure_id = p_erasure and i.kind = 'run' and i.id = k.run_id))
    and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = k.run_id);
  delete from durable.gates g where g.workspace_id = p_workspace and g.key = v_key and g.used = 0 and g.parked = 0
    and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and (g.id = any (l.run_gates) or g.id = any (l.step_gates)))
    and not exists (select 1 from durable.gate_notes n where n.workspace_id = p_workspace and n.gate_id = g.id);
  with gone as (
    delete from durable.tenants t where t.workspace_id = p_workspace and t.key = v_key
      and not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.tenant = t.id)
      returning t.id)
  delete from durable.virtual_times v using gone g where v.workspace_id = p_workspace and v.id = g.id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.forget_messages(p_workspace integer, p_run uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_said text[];
  v_group text[];
  v_alone text[];
begin
  v_said := array(
    select distinct q.failure::json ->> 'message' from (
      select a.failure from unnest(p_run) as k(run) join durable.attempts a on a.workspace_id = p_workspace and a.run_id = k.run
      union all select s.failure from unnest(p_run) as k(run) join durable.steps s on s.workspace_id = p_workspace and s.run_id = k.run
      union all select f.failure from unnest(p_run) as k(run) join durable.runs r on r.workspace_id = p_workspace and r.id = k.run
        cross join lateral (values (r.failure), (r.pause_reason)) as f(failure)) as q
    where q.failure is not null);
  v_group := array(select distinct x.fingerprint from unnest(p_run) as k(run)
    join durable.run_errors x on x.workspace_id = p_workspace and x.run_id = k.run);
  v_alone := array(select g.fingerprint from durable.error_groups g
    where g.workspace_id = p_workspace and g.fingerprint = any (v_group) and g.state_at is null and not exists (
      select 1 from durable.run_errors x where x.workspace_id = p_workspace and x.fingerprint = g.fingerprint and x.run_id <> all (p_run))
    order by g.fingerprint for update);
  delete from durable.error_versions v where v.workspace_id = p_workspace and v.fingerprint = any (v_alone);
  delete from durable.error_groups g where g.workspace_id = p_workspace and g.fingerprint = any (v_alone);
  update durable.error_groups g set message = '(erased)'
    where g.workspace_id = p_workspace and (g.fingerprint = any (v_group) or g.message = any (v_said)) and g.message <> '(erased)';
end $function$
;

CREATE OR REPLACE FUNCTION durable.forget_syncs(p_workspace integer, p_outcome text, p_most integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from durable.syncs s where s.workspace_id = p_workspace and s.outcome = p_outcome and s.id <= (
    select o.id from durable.syncs o where o.workspace_id = p_workspace and o.outcome = p_outcome order by o.id desc offset p_most limit 1)
$function$
;

CREATE OR REPLACE FUNCTION durable.free_grants(p_workspace integer, p_run uuid, p_steps uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  with gone as (
    delete from durable.grants g
      where g.workspace_id = p_workspace and g.run_id = p_run and (p_steps is null or g.step_id = any (p_steps))
      returning g.gate_id
  )
  insert into durable.gate_notes (due_at, workspace_id, gate_id, freed)
    select '-infinity', p_workspace, gone.gate_id, 1 from gone join durable.gates g
      on g.workspace_id = p_workspace and g.id = gone.gate_id and g.unit <> 'start'
$function$
;

CREATE OR REPLACE FUNCTION durable.free_tasks(p_engine integer, p_lost_max integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_count int;
  v_workspace int[]; v_run uuid[]; v_failure text[];
begin
  perform 1 from durable.tasks t where t.engine_id = p_engine order by t.workspace_id, t.run_id, t.step_id for update;
  with freed as (
    update durable.tasks t
      set status = case when t.lost + 1 >= p_lost_max then 'waiting' else 'queued' end,
          ready_rank = case when t.lost + 1 >= p_lost_max then null else v_rank end,
          engine_id = null, fence = gen_random_uuid(), lost = case when p_lost_max is null then t.lost else t.lost + 1 end
      where t.engine_id = p_engine
      returning t.workspace_id, t.run_id, t.step_id, t.status, t.lost, t.fence
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id, step_id)
      select v_rank, workspace_id, run_id, step_id from freed where status = 'queued'
  ), attempt as (
    insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure)
      select workspace_id, run_id, fence, step_id, lost, 'lost',
        '{"name":"EngineLost","message":"the engine that held the lease stopped sending heartbeats"}'
      from freed where p_lost_max is not null
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select distinct f.workspace_id, f.run_id, case when p_lost_max is null then 'run.requeue' else 'run.rescued' end, l.journal_seq
      from freed f join durable.live_runs l on l.workspace_id = f.workspace_id and l.run_id = f.run_id
  ), poison as (
    select distinct on (workspace_id, run_id) workspace_id, run_id, lost from freed where status = 'waiting'
    order by workspace_id, run_id
  )
  select (select count(*) from freed), array_agg(p.workspace_id), array_agg(p.run_id), array_agg(
      '{"name":"EngineLost","message":"paused: the lease of one of its steps was lost with a dead engine ' || p.lost || ' times"}')
    into v_count, v_workspace, v_run, v_failure from poison p;
  if v_run is not null then
    perform durable.pause_runs(v_workspace, v_run, v_failure);
  end if;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.gate_wait(p_workspace integer, p_gate uuid, p_rank bigint, p_run uuid, p_step uuid, p_units integer, p_position_max integer)
 RETURNS TABLE(kind text, gate json, starts_at timestamp with time zone, starts_unknown text)
 LANGUAGE sql
 STABLE
AS $function$
  with recursive parent as (
    -- Those that can only go on after this run, as long as they wait for it: a circle may lead through other apps.
    select c.parent_workspace_id as workspace, c.parent_run_id as id from durable.children c
      where c.workspace_id = p_workspace and c.run_id = p_run and durable.awaits_child(c)
    union all
    select c.parent_workspace_id, c.parent_run_id from parent p
      join durable.children c on c.workspace_id = p.workspace and c.run_id = p.id
      where durable.awaits_child(c)
  ), circle as materialized (
    select coalesce(array_agg(p.id), '{}') as runs from parent p
      where p.workspace = p_workspace
        and exists (select 1 from durable.grants t where t.workspace_id = p_workspace and t.run_id = p.id and t.gate_id = p_gate)
  ), before as materialized (
    select count(*)::int as jobs from (
      select 1 from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = p_gate and (k.rank, k.run_id, k.step_id) < (p_rank, p_run, p_step)
      order by k.rank, k.run_id, k.step_id limit p_position_max) as b
  )
  select l.kind, json_build_object(
      'limit', json_build_object('id', l.id, 'name', l.name, 'kind', l.kind, 'count', n.count),
      'key', g.key, 'used', g.used, 'position', b.jobs + 1, 'capped', b.jobs = p_position_max,
      'pace_ms', coalesce(pace.unit_ms, g.pace_ms),
      'opens_at', durable.rfc3339(greatest(g.opens_at - (l.burst - 1) * pace.unit_ms * interval '1 millisecond', pace.now)),
      'holders', (select coalesce(json_agg(json_build_object('run', h.run_id, 'since', durable.rfc3339(h.at), 'unit', g.unit,
          'status', durable.shown_status(o)) order by h.at, h.run_id), '[]')
        from (select t.run_id, t.at from durable.grants t
          where g.unit <> 'start' and t.workspace_id = p_workspace and t.gate_id = g.id order by t.at limit 10) as h
        join durable.live_runs o on o.workspace_id = p_workspace and o.run_id = h.run_id),
      'waiting_for_it', to_json(case when g.unit <> 'start' then c.runs else '{}' end)),
    case when unknown.why is not null then null
         when n.count is null then n.now
         when g.unit <> 'start' then greatest(g.freed_at + (b.jobs + 1) * g.pace_ms * interval '1 millisecond', n.now)
         else greatest(greatest(g.opens_at, n.now)
           + (ahead.units + p_units - greatest(l.burst, p_units)) * pace.unit_ms * interval '1 millisecond', n.now) end,
    unknown.why
  from durable.gates g
  join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
  cross join circle c cross join before b
  cross join lateral (select durable.limit_now(l) as count, durable.durable_now() as now) as n
  -- Null where nothing opens by itself.
  left join lateral (select l.period_ms / n.count as unit_ms, n.now where g.unit = 'start' and n.count > 0) as pace on true
  cross join lateral (
    select case when n.count is null then null
                when n.count = 0 then 'closed'
                when b.jobs = p_position_max then 'far'
                when g.unit = 'start' then null
                when cardinality(c.runs) >= n.count then 'never'
                when g.pace_ms is null or g.freed_at is null then 'unmeasured'
                when n.now - g.freed_at > greatest(10 * g.pace_ms, 5000) * interval '1 millisecond' then 'stalled' end as why) as unknown
  -- Only a throttle asks what those before it cost.
  left join lateral (
    select coalesce(sum(coalesce(o.units, 1)), 0)::float8 as units
    from (select k.run_id from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = g.id and (k.rank, k.run_id, k.step_id) < (p_rank, p_run, p_step)
      order by k.rank, k.run_id, k.step_id limit case when g.unit = 'start' and unknown.why is null then b.jobs else 0 end) as k
    left join durable.live_runs o on o.workspace_id = p_workspace and o.run_id = k.run_id) as ahead on true
  where g.workspace_id = p_workspace and g.id = p_gate
$function$
;

CREATE OR REPLACE FUNCTION durable.gates_ahead(p_live live_runs, p_step uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
  select array(
    select gate from unnest(case when p_step = '00000000-0000-0000-0000-000000000000' then p_live.run_gates end) as r(gate)
      where not exists (select 1 from durable.grants g where g.workspace_id = p_live.workspace_id and g.run_id = p_live.run_id
        and g.step_id = '00000000-0000-0000-0000-000000000001' and g.gate_id = r.gate)
    union all
    select gate from unnest(p_live.step_gates) as s(gate)
      where not exists (select 1 from durable.grants g where g.workspace_id = p_live.workspace_id and g.run_id = p_live.run_id
        and g.step_id = p_step and g.gate_id = s.gate))
$function$
;

CREATE OR REPLACE FUNCTION durable.give_back(g_workspace integer[], g_run uuid[], g_step uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  with entry as materialized (
    select g.workspace, g.run, g.step, t.op, t.event_id, t.value
    from unnest(g_workspace, g_run, g_step) as g(workspace, run, step)
    join durable.steps t on t.workspace_id = g.workspace and t.run_id = g.run and t.step_id = g.step
    where t.op in ('wait', 'signal')
  ), taken as materialized (
    select n.workspace, n.run, n.step, w.event_id as event from entry n
      join durable.waits w on w.workspace_id = n.workspace and w.run_id = n.run and w.step_id = n.step
      where w.event_id is not null
    union
    select n.workspace, n.run, n.step, n.event_id from entry n where n.event_id is not null
    union
    -- A wait for all that is settled names its last event alone; its value has them all, by their keys.
    select n.workspace, n.run, n.step, k.event_id from entry n
      join durable.taken_events k on k.workspace_id = n.workspace and k.run_id = n.run
      join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
      where n.op = 'wait' and n.event_id is not null and json_typeof(n.value::json -> 'id') is distinct from 'string'
        and exists (select 1 from json_each(n.value::json) as each
                    where json_typeof(each.value) = 'object' and each.value ->> 'id' = coalesce(e.client_id, e.id::text))
  ), noted as (
    insert into durable.given_back (workspace_id, run_id, step_id, event_id)
      select workspace, run, step, event from taken on conflict do nothing
  ), freed as (
    delete from durable.taken_events k using taken x
      where k.workspace_id = x.workspace and k.run_id = x.run and k.event_id = x.event
      returning k.workspace_id, k.run_id, k.event_id
  )
  update durable.waits w set looked_back = false, looked_at = null, looked_id = null, looked_count = 0, looks = w.looks + 1
    from freed f join durable.events e on e.workspace_id = f.workspace_id and e.id = f.event_id
    where w.workspace_id = f.workspace_id and w.run_id = f.run_id and w.event_name = e.name and w.event_id is null
      and w.mode <> 'cancel'
      and not exists (select 1 from unnest(g_workspace, g_run, g_step) as g(workspace, run, step)
        where g.workspace = w.workspace_id and g.run = w.run_id and g.step = w.step_id);
end $function$
;

CREATE OR REPLACE FUNCTION durable.give_turns(p_workspaces integer[], p_limit integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_queue record;
  v_count int;
begin
  if not exists (select 1 from durable.turns) then
    return;
  end if;
  for v_queue in
    select f.workspace_id, f.queue_id, array_agg(f.rank order by f.rank, f.no) as ranks, array_agg(f.no order by f.rank, f.no) as nos from (
      (select r.rank, null::int as workspace_id, null::uuid as queue_id, null::bigint as no from durable.ready r
        order by r.rank, r.workspace_id, r.run_id, r.step_id limit p_limit)
      union all
      (select t.rank, t.workspace_id, t.queue_id, t.no from durable.turns t where t.workspace_id = any (p_workspaces)
        order by t.rank, t.workspace_id, t.queue_id, t.no limit p_limit)
      order by 1 limit p_limit) as f
    where f.queue_id is not null group by 1, 2 order by 1, 2
  loop
    -- By ctid: joined to its own limit, the queue would be walked to its end.
    with next as (
      delete from durable.parked k where k.ctid = any (array(
        select c.ctid from durable.parked c where c.workspace_id = v_queue.workspace_id and c.gate_id = v_queue.queue_id
        order by c.rank, c.run_id, c.step_id limit cardinality(v_queue.nos) for update skip locked))
        returning k.rank, k.run_id, k.step_id
    ), job as (
      insert into durable.ready (rank, workspace_id, run_id, step_id)
        select n.rank, v_queue.workspace_id, n.run_id, n.step_id from next n
    )
    select count(*) into v_count from next;
    delete from durable.turns t where t.ctid = any (array(
      select u.ctid from unnest(v_queue.ranks[:v_count], v_queue.nos[:v_count]) as q(rank, no)
      cross join lateral (select c.ctid from durable.turns c where c.rank = q.rank and c.workspace_id = v_queue.workspace_id
        and c.queue_id = v_queue.queue_id and c.no = q.no limit 1) as u));
    -- Nobody is left, so no turn is.
    if v_count < cardinality(v_queue.nos)
        and not exists (select 1 from durable.parked k where k.workspace_id = v_queue.workspace_id and k.gate_id = v_queue.queue_id) then
      delete from durable.turns t where t.ctid = any (array(
        select c.ctid from durable.turns c where c.workspace_id = v_queue.workspace_id and c.queue_id = v_queue.queue_id
        order by c.rank, c.no limit 10000));
    end if;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.group_errors(p_workspace integer[], p_run uuid[], p_at timestamp with time zone[], p_fingerprint text[], p_name text[], p_message text[], p_step text[], p_frame text[], p_function text[], p_version integer[], p_deployment text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_no int[];
begin
  select array_agg(q.no order by q.no) into v_no from (
    select p.no from unnest(p_workspace, p_run, p_at) with ordinality as p(workspace, run, at, no)
    join durable.ungrouped u on u.workspace_id = p.workspace and u.run_id = p.run and u.at = p.at
    for update of u skip locked) as q;
  if v_no is null then
    return 0;
  end if;
  delete from durable.ungrouped u using unnest(v_no) as q where u.workspace_id = p_workspace[q] and u.run_id = p_run[q];
  v_no := array(select q from unnest(v_no) as q where p_fingerprint[q] is not null);

  insert into durable.error_groups as g (workspace_id, fingerprint, name, message, step, frame, count, first_seen, last_seen)
    select p_workspace[q], p_fingerprint[q], (array_agg(p_name[q] order by p_at[q] desc))[1], (array_agg(p_message[q] order by p_at[q] desc))[1],
      (array_agg(p_step[q] order by p_at[q] desc))[1], (array_agg(p_frame[q] order by p_at[q] desc))[1], count(*), min(p_at[q]), max(p_at[q])
    from unnest(v_no) as q group by 1, 2 order by 1, 2
    on conflict (workspace_id, fingerprint) do update
      set count = g.count + excluded.count, first_seen = least(g.first_seen, excluded.first_seen), last_seen = greatest(g.last_seen, excluded.last_seen),
          message = case when excluded.last_seen >= g.last_seen then excluded.message else g.message end,
          frame = case when excluded.last_seen >= g.last_seen then excluded.frame else g.frame end,
          state = case when g.state = 'resolved' and excluded.last_seen > g.state_at then 'open' else g.state end,
          state_by = case when g.state = 'resolved' and excluded.last_seen > g.state_at then null else g.state_by end,
          state_reason = case when g.state = 'resolved' and excluded.last_seen > g.state_at then 'it came back' else g.state_reason end,
          state_at = case when g.state = 'resolved' and excluded.last_seen > g.state_at then excluded.last_seen else g.state_at end;

  insert into durable.error_versions as v (workspace_id, fingerprint, function_id, function_version, deployment, count, first_seen, last_seen)
    select p_workspace[q], p_fingerprint[q], p_function[q], p_version[q], p_deployment[q], count(*), min(p_at[q]), max(p_at[q])
    from unnest(v_no) as q group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (workspace_id, fingerprint, function_id, function_version, deployment) do update
      set count = v.count + excluded.count, first_seen = least(v.first_seen, excluded.first_seen), last_seen = greatest(v.last_seen, excluded.last_seen);

  insert into durable.run_errors as e (workspace_id, run_id, fingerprint, at)
    select p_workspace[q], p_run[q], p_fingerprint[q], p_at[q] from unnest(v_no) as q order by 1, 2
    on conflict (workspace_id, run_id) do update set fingerprint = excluded.fingerprint, at = excluded.at where e.at <= excluded.at;
  return cardinality(v_no);
end $function$
;

CREATE OR REPLACE FUNCTION durable.has_scalar(p_data text, p_path text[], p_value text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(durable.scalar_text(durable.comparable(p_data) #> p_path) = durable.scalar_text(durable.comparable(p_value)), false)
$function$
;

CREATE OR REPLACE FUNCTION durable.heartbeat(p_engine integer, p_slots_used integer DEFAULT NULL::integer, p_leases integer DEFAULT NULL::integer)
 RETURNS double precision
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('synchronous_commit', 'off', true);
  update durable.engines set seen_at = clock_timestamp(), slots_used = p_slots_used, leases = p_leases
    where id = p_engine and state in ('live', 'draining');
  return case when found then extract(epoch from clock_timestamp())::float8 * 1000 end;
end $function$
;

CREATE OR REPLACE FUNCTION durable.hold_jobs(p_workspace integer[], p_run uuid[], p_step uuid[], p_rank bigint[], p_on boolean[])
 RETURNS integer[]
 LANGUAGE plpgsql
AS $function$
declare
  v_no int[]; v_pause uuid[];
begin
  select array_agg(h.no), array_agg(h.pause_id) into v_no, v_pause from durable.paused_jobs(p_workspace, p_run, p_on) as h;
  if v_no is not null then
    delete from durable.ready r where r.ctid = any (array(
      select c.ctid from unnest(v_no) as q
      cross join lateral (select c.ctid from durable.ready c where c.rank = p_rank[q] and c.workspace_id = p_workspace[q]
        and c.run_id = p_run[q] and c.step_id = p_step[q] limit 1) as c));
    insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
      select p_workspace[h.q], h.pause, p_rank[h.q], p_run[h.q], p_step[h.q] from unnest(v_no, v_pause) as h(q, pause);
    -- It may have passed its gates already. A place that its run keeps is kept.
    perform durable.free_grants(p_workspace[q], p_run[q], array[p_step[q]]) from unnest(v_no) as q;
  end if;
  return v_no;
end $function$
;

CREATE OR REPLACE FUNCTION durable.hold_parked(p_workspace integer, q_run uuid[], q_gate uuid[])
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  k_gate uuid[]; k_rank bigint[]; k_run uuid[]; k_step uuid[]; v_no int[]; v_pause uuid[];
begin
  perform 1 from durable.paused_jobs(array_fill(p_workspace, array[cardinality(q_run)]), q_run, array_fill(true, array[cardinality(q_run)]));
  if not found then
    return false;
  end if;
  select array_agg(k.gate_id), array_agg(k.rank), array_agg(k.run_id), array_agg(k.step_id) into k_gate, k_rank, k_run, k_step
    from (select distinct gate from unnest(q_gate) as gate) as g
    cross join lateral (
      select c.gate_id, c.rank, c.run_id, c.step_id from durable.parked c where c.workspace_id = p_workspace and c.gate_id = g.gate
      order by c.rank, c.run_id, c.step_id limit 1000 for update skip locked) as k;
  select array_agg(h.no), array_agg(h.pause_id) into v_no, v_pause
    from durable.paused_jobs(array_fill(p_workspace, array[cardinality(k_run)]), k_run, array_fill(true, array[cardinality(k_run)])) as h;
  if v_no is null then
    return false;
  end if;
  delete from durable.parked k where k.ctid = any (array(
    select c.ctid from unnest(v_no) as q
    cross join lateral (select c.ctid from durable.parked c where c.workspace_id = p_workspace and c.gate_id = k_gate[q]
      and c.rank = k_rank[q] and c.run_id = k_run[q] and c.step_id = k_step[q] limit 1) as c));
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, h.pause, k_rank[h.q], k_run[h.q], k_step[h.q] from unnest(v_no, v_pause) as h(q, pause);
  update durable.gates g set parked = g.parked - c.jobs
    from (select k_gate[q] as id, count(*)::int as jobs from unnest(v_no) as q group by 1) as c
    where g.workspace_id = p_workspace and g.id = c.id;
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.hold_registries(f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform 1 from durable.workspaces w
    where w.id in (select (d::json ->> 'workspace')::int from unnest(f_data) as d) order by w.id for share;
  -- A statement of its own: it sees what was committed while the rows were waited for.
  if exists (select 1 from unnest(f_data) as d join durable.workspaces w on w.id = (d::json ->> 'workspace')::int
      where w.registry_version <> (d::json ->> 'version')::int) then
    raise exception 'the functions of another app changed' using errcode = 'serialization_failure';
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.holds_lease(p_live live_runs, p_step uuid, p_fence uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select durable.is_same_dispatch(p_live.fence, p_fence)
    or exists (select 1 from durable.tasks t where t.workspace_id = p_live.workspace_id and t.run_id = p_live.run_id
      and t.step_id = p_step and t.fence = p_fence and t.status = 'running')
$function$
;

CREATE OR REPLACE FUNCTION durable.in_seconds(p_options jsonb, p_name text)
 RETURNS interval
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select make_interval(secs => (p_options ->> p_name)::float8)
$function$
;

CREATE OR REPLACE FUNCTION durable.input_json(p_input inputs)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select json_build_object('id', p_input.id, 'kind', p_input.kind, 'name', s.name, 'title', p_input.title,
      'assignee', p_input.assignee, 'escalated_from', p_input.escalated_from, 'run', p_input.run_id, 'function', r.function_id,
      'asked_at', durable.rfc3339(p_input.asked_at), 'due_at', durable.rfc3339(p_input.due_at))::text
  from durable.runs r
  join durable.steps s on s.workspace_id = r.workspace_id and s.run_id = r.id and s.step_id = p_input.step_id
  where r.workspace_id = p_input.workspace_id and r.id = p_input.run_id
$function$
;

CREATE OR REPLACE FUNCTION durable.interrupt_paused(p_workspace integer, p_pause uuid)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  perform 1 from durable.engines e where e.state in ('live', 'draining') order by e.id for update;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.status = 'running'
    order by l.workspace_id, l.run_id for update;
  update durable.live_runs l set moving = true
    from durable.pauses p
    where p.workspace_id = p_workspace and p.id = p_pause and not p.ending
      and l.workspace_id = p_workspace and l.status = 'running' and not l.moving and durable.is_paused_by(p, l);
  get diagnostics v_count = row_count;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.is_alert_heard(p_workspace integer, p_kind text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.end_listeners l where l.workspace_id = p_workspace and l.event_name = 'durable.alert.' || p_kind)
    or exists (select 1 from durable.wait_patterns p where p.workspace_id = p_workspace and p.event_name = 'durable.alert.' || p_kind)
$function$
;

CREATE OR REPLACE FUNCTION durable.is_asleep(p_workspace integer, p_run uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run
    and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin')
$function$
;

CREATE OR REPLACE FUNCTION durable.is_event_needed(p_workspace integer, p_event uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.event_id = p_event and r.id between
      (left(p_event::text, 19) || '8000-000000000000')::uuid and (left(p_event::text, 19) || 'bfff-ffffffffffff')::uuid)
    or exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = p_event)
    or exists (select 1 from durable.collected_events c join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
      where c.workspace_id = p_workspace and c.event_id = p_event)
    or exists (select 1 from durable.skips s join durable.runs r on r.workspace_id = s.workspace_id and r.id = s.started_run
      where s.workspace_id = p_workspace and s.event_id = p_event)
$function$
;

CREATE OR REPLACE FUNCTION durable.is_named(p_patterns text[], p_name text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select exists (select 1 from unnest(p_patterns) as p where p_name like replace(replace(p, '_', '\_'), '*', '%'))
$function$
;

CREATE OR REPLACE FUNCTION durable.is_owned(p_workspace integer, p_run uuid, p_path text[], p_value text, p_erasure uuid DEFAULT NULL::uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  with recursive above(id) as (
    select p_run
    union
    select u.id from above a cross join lateral (
      select c.parent_run_id as id from durable.children c
        where c.workspace_id = p_workspace and c.run_id = a.id and c.parent_workspace_id = p_workspace
      union all
      select r.origin_run_id from durable.runs r where r.workspace_id = p_workspace and r.id = a.id and r.origin_run_id is not null
      union all
      select durable.run_told_of(e) from durable.runs r
        join durable.events e on e.workspace_id = p_workspace and e.id = r.event_id and starts_with(e.name, 'durable.')
        where r.workspace_id = p_workspace and r.id = a.id) as u
    where u.id is not null
  )
  select exists (
    select 1 from above a join durable.runs r on r.workspace_id = p_workspace and r.id = a.id
    join durable.events e on e.workspace_id = p_workspace and e.id = r.event_id
    where durable.has_scalar(e.data, p_path, p_value))
  or exists (
    select 1 from above a join durable.collected_events c on c.workspace_id = p_workspace and c.run_id = a.id
    join durable.events e on e.workspace_id = p_workspace and e.id = c.event_id
    where durable.has_scalar(e.data, p_path, p_value))
  or p_erasure is not null and exists (
    select 1 from above a join durable.erasure_items i
      on i.workspace_id = p_workspace and i.erasure_id = p_erasure and i.kind = 'run' and i.id = a.id)
$function$
;

CREATE OR REPLACE FUNCTION durable.is_paused_by(p_pause pauses, p_live live_runs)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select case p_pause.kind
    when 'workspace' then true
    when 'function' then exists (select 1 from durable.runs r
      where r.workspace_id = p_live.workspace_id and r.id = p_live.run_id and r.function_id = p_pause.function_id)
    when 'key' then exists (select 1 from durable.gates g
      where g.workspace_id = p_live.workspace_id and g.id = any (p_live.run_gates || p_live.step_gates)
        and g.limit_id = p_pause.limit_id and g.key = p_pause.key)
    else exists (select 1 from durable.tenants t
      where t.workspace_id = p_live.workspace_id and t.id = p_live.tenant and t.function_id = p_pause.function_id and t.key = p_pause.key)
  end
$function$
;

CREATE OR REPLACE FUNCTION durable.is_recorded(p_workspace integer, p_run uuid, p_step uuid, p_value text, p_failure text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step and s.seq is not null
      and s.value is not distinct from p_value and s.failure is not distinct from p_failure)
$function$
;

CREATE OR REPLACE FUNCTION durable.is_same_dispatch(p_one uuid, p_other uuid)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select left(p_one::text, 18) = left(p_other::text, 18)
$function$
;

CREATE OR REPLACE FUNCTION durable.is_served(p_workspace integer, p_function text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.functions f
    where f.workspace_id = p_workspace and f.id = p_function and f.removed_at is null)
$function$
;

CREATE OR REPLACE FUNCTION durable.is_settled(p_workspace integer, p_run uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select not exists (select 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run)
    and not exists (select 1 from durable.child_ends o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.cascades o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.end_events o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.ungrouped o where o.workspace_id = p_workspace and o.run_id = p_run)
    and not exists (select 1 from durable.inputs i join durable.input_notices n on n.workspace_id = p_workspace and n.input_id = i.id
      where i.workspace_id = p_workspace and i.run_id = p_run)
$function$
;

CREATE OR REPLACE FUNCTION durable.keep_entries(p_workspace integer, p_origin uuid, p_run uuid, p_cut integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
begin
  insert into durable.steps (workspace_id, run_id, step_id, seq, scope, op, name, n, status, value, failure, attempt, event_id, settled_at)
    select s.workspace_id, p_run, s.step_id, s.seq, s.scope, s.op, s.name, s.n, s.status, s.value, s.failure, s.attempt, s.event_id, v_now
    from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_origin
      and (s.seq <= p_cut or s.step_id in (select durable.lost_entries(p_workspace, p_origin, p_cut)));
  insert into durable.folded_steps (workspace_id, run_id, step_id, group_id)
    select f.workspace_id, p_run, f.step_id, f.group_id from durable.folded_steps f
    join durable.steps g on g.workspace_id = f.workspace_id and g.run_id = f.run_id and g.step_id = f.group_id
    where f.workspace_id = p_workspace and f.run_id = p_origin and g.seq <= p_cut;
  -- A wait for all names its last event alone; its value has them all.
  insert into durable.taken_events (workspace_id, run_id, event_id)
    select distinct k.workspace_id, p_run, k.event_id from durable.taken_events k
    join durable.events e on e.workspace_id = k.workspace_id and e.id = k.event_id
    join durable.steps s on s.workspace_id = k.workspace_id and s.run_id = k.run_id and s.seq <= p_cut and s.event_id is not null
    where k.workspace_id = p_workspace and k.run_id = p_origin
      and (s.event_id = k.event_id
        or s.op = 'wait' and json_typeof(s.value::json -> 'id') is distinct from 'string' and exists (
          select 1 from json_each(s.value::json) as each
          where json_typeof(each.value) = 'object' and each.value ->> 'id' = coalesce(e.client_id, e.id::text)));
  insert into durable.given_back (workspace_id, run_id, step_id, event_id)
    select b.workspace_id, p_run, b.step_id, b.event_id from durable.given_back b
    join durable.steps s on s.workspace_id = b.workspace_id and s.run_id = b.run_id and s.step_id = b.step_id
    where b.workspace_id = p_workspace and b.run_id = p_origin and s.seq <= p_cut;
  -- The right to undo a step goes to the new run from whoever has it.
  update durable.compensations c set heir = p_run
    from durable.steps s
    cross join lateral durable.undoer(p_workspace, p_origin, s.step_id) as u
    where s.workspace_id = p_workspace and s.run_id = p_run and s.seq is not null
      and c.workspace_id = p_workspace and c.run_id = u.o_run and c.step_id = s.step_id;
  insert into durable.compensations (workspace_id, run_id, step_id)
    select c.workspace_id, p_run, c.step_id from durable.compensations c
    where c.workspace_id = p_workspace and c.heir = p_run;
end $function$
;

CREATE OR REPLACE FUNCTION durable.keep_gates(p_limit integer)
 RETURNS integer[]
 LANGUAGE plpgsql
AS $function$
declare
  v_workspace int[];
begin
  select array_agg(k.workspace_id) into v_workspace from (
    select g.workspace_id from durable.gatekeepers g
    where g.workspace_id in (
      select r.workspace_id from (
        select workspace_id from durable.ready order by rank, workspace_id, run_id, step_id limit p_limit) as r
      union all
      select n.workspace_id from (
        select workspace_id from durable.gate_notes where due_at <= durable.durable_now() order by due_at, no limit 1000) as n
      union all
      select a.workspace_id from (select workspace_id from durable.arrivals order by rank limit 1000) as a
      union all
      select t.workspace_id from (
        select workspace_id from durable.turns order by rank, workspace_id, queue_id, no limit p_limit) as t)
    order by g.workspace_id for update) as k;
  for i in 1 .. coalesce(cardinality(v_workspace), 0) loop
    perform durable.read_notes(v_workspace[i], p_limit), durable.take_in(v_workspace[i]);
  end loop;
  perform durable.give_turns(v_workspace, p_limit);
  return v_workspace;
end $function$
;

CREATE OR REPLACE FUNCTION durable.late_value(p_value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when octet_length(p_value) <= 65536 then p_value end
$function$
;

CREATE OR REPLACE FUNCTION durable.leave_engine(p_engine integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_count int;
begin
  -- For update, as the rescuer takes it: a claim or a birth that is still under way holds the row for key share,
  -- and an update of the state alone would not wait for it.
  perform 1 from durable.engines where id = p_engine and state in ('live', 'draining') for update;
  if not found then
    return 0;
  end if;
  update durable.engines set state = 'stopped' where id = p_engine;
  perform 1 from durable.live_runs l
    where l.engine_id = p_engine or (l.workspace_id, l.run_id) in (
      select t.workspace_id, t.run_id from durable.tasks t where t.engine_id = p_engine)
    order by l.workspace_id, l.run_id for update;
  with freed as (
    update durable.live_runs l
      set status = case when l.pausing then 'paused' else 'queued' end, ready_rank = case when not l.pausing then v_rank end,
          pausing = false, moving = false, engine_id = null, fence = gen_random_uuid()
      where l.engine_id = p_engine
      returning l.workspace_id, l.run_id, l.journal_seq, l.status
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id)
      select v_rank, workspace_id, run_id from freed where status = 'queued'
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select workspace_id, run_id, 'run.requeue', journal_seq from freed
  )
  select count(*) into v_count from freed;
  return v_count + durable.free_tasks(p_engine, null);
end $function$
;

CREATE OR REPLACE FUNCTION durable.limit_circuit(p_workspace integer, p_error text, p_pause_ms integer, p_probe_ms integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.circuits as c (workspace_id, state, error, probe_ms, next_probe_at)
    values (p_workspace, 'limited', p_error, p_probe_ms, clock_timestamp() + p_pause_ms * interval '1 millisecond')
    on conflict (workspace_id) do update
      set state = 'limited', error = excluded.error, next_probe_at = greatest(c.next_probe_at, excluded.next_probe_at)
      where c.state <> 'open'
$function$
;

CREATE OR REPLACE FUNCTION durable.limit_now(p_limit limits)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select case when p_limit.declared is not null then coalesce(p_limit.set_to, p_limit.declared) end $function$
;

CREATE OR REPLACE FUNCTION durable.limit_runs(t_workspace integer[], t_run uuid[], t_kind text[], t_ms double precision[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select t.workspace, t.run,
      case t.kind when 'start' then '00000000-0000-0000-0000-000000000001' else '00000000-0000-0000-0000-000000000002' end::uuid,
      t.kind, durable.durable_now() + t.ms * interval '1 millisecond'
    from unnest(t_workspace, t_run, t_kind, t_ms) as t(workspace, run, kind, ms)
$function$
;

CREATE OR REPLACE FUNCTION durable.limit_waits_of(p_workspace integer, p_run uuid)
 RETURNS TABLE(step_id uuid, since timestamp with time zone, until timestamp with time zone, limit_id uuid, key text)
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
  select w.step_id, w.since, w.until, w.limit_id, w.key from durable.limit_waits w
    where w.workspace_id = p_workspace and w.run_id = p_run
  union all
  select j.step_id, to_timestamp(j.came / 1000000.0), null, g.limit_id, g.key
  from (
    select '00000000-0000-0000-0000-000000000000'::uuid as step_id, l.ready_rank as rank, coalesce(l.came, l.ready_rank) as came,
        l.run_gates || l.step_gates as gates from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = p_run and l.ready_rank is not null
    union all
    select t.step_id, t.ready_rank, coalesce(t.came, t.ready_rank), t.gates from durable.tasks t
      where t.workspace_id = p_workspace and t.run_id = p_run and t.ready_rank is not null) as j
  cross join unnest(j.gates) as gate(id)
  join durable.parked k on k.workspace_id = p_workspace and k.gate_id = gate.id and k.rank = j.rank and k.run_id = p_run and k.step_id = j.step_id
  join durable.gates g on g.workspace_id = p_workspace and g.id = gate.id
$function$
;

CREATE OR REPLACE FUNCTION durable.longest_retention()
 RETURNS interval
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(max(w.retention_days), 30) * interval '1 day' from durable.workspaces w
$function$
;

CREATE OR REPLACE FUNCTION durable.look_back(q_workspace integer[], q_run uuid[], p_limit integer, p_total integer, OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[], OUT o_left integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_row record;
  v_wait durable.waits;
  v_run uuid;
  v_behind text[];  -- names of the run for which a wait has not come to its end in this call
  v_paths text[];
  v_past record;
  v_settled record;
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  for v_row in select b.wait, b.is_asked from durable.look_backs(q_workspace, q_run) as b loop
    v_wait := v_row.wait;
    if v_run is distinct from v_wait.run_id then
      v_run := v_wait.run_id;
      v_behind := '{}';
    end if;
    continue when v_wait.mode <> 'cancel' and v_wait.event_name = any (v_behind);
    -- Another row may have ended the wait, or filled this one.
    continue when not durable.looks_back(v_wait);
    if not v_row.is_asked then
      v_paths := durable.match_paths(v_wait.match::jsonb);
      select min(e.n) filter (where e.is_match) as first, count(*)::int as count,
          (array_agg(e.id order by e.n desc))[1] as last, (array_agg(e.id order by e.n) filter (where e.is_match))[1] as id
        into v_past
        from (
          select e.id, e.received_at, row_number() over (order by e.received_at, e.id) as n,
            durable.match_hash(v_paths, durable.comparable(e.data)) = v_wait.match_hash
              and (v_wait.until is null or e.received_at <= v_wait.until)
              and e.id <> r.event_id
              and not exists (select 1 from durable.taken_events t where t.workspace_id = v_wait.workspace_id
                              and t.run_id = v_wait.run_id and t.event_id = e.id) as is_match
          from durable.events_after(v_wait, p_limit) as e
          join durable.runs r on r.workspace_id = v_wait.workspace_id and r.id = v_wait.run_id
        ) as e;
      if v_past.id is not null then
        select m.* into v_settled
          from (
            select coalesce(array_agg(w.step_id), '{}') as steps, coalesce(array_agg(w.key), '{}') as keys,
              coalesce(array_agg(w.event_id), '{}') as events
            from durable.rivals(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key, v_past.id) as w
          ) as c
          cross join lateral durable.settle_past(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key,
            v_wait.looks, v_past.id, v_past.first::int, c.steps, c.keys, c.events, '{}') as m;
        o_resolved := o_resolved + v_settled.o_resolved;
        o_cancelled_workspace := o_cancelled_workspace || v_settled.o_cancelled_workspace;
        o_cancelled_run := o_cancelled_run || v_settled.o_cancelled_run;
      else
        perform durable.advance_look_back(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key,
          v_wait.looks, v_past.last, v_past.count, p_total);
      end if;
    end if;
    if durable.looks_back(v_wait) then
      v_behind := v_behind || v_wait.event_name;
    end if;
  end loop;
  select count(*)::int into o_left from durable.look_backs(q_workspace, q_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.look_backs(q_workspace integer[], q_run uuid[])
 RETURNS TABLE(wait waits, is_next boolean, is_asked boolean)
 LANGUAGE sql
 STABLE
AS $function$
  select o.wait, o.is_next, o.is_asked from (
    select w as wait, w.looked_back, w.workspace_id, w.run_id, w.ordinal,
      w.mode = 'cancel' or count(*) filter (where not w.looked_back) over in_order = 1 as is_next,
      case when w.mode = 'cancel' then w.condition is not null
        else bool_or(w.condition is not null) over in_order end as is_asked
    from (select distinct * from unnest(q_workspace, q_run)) as q(workspace, run)
    join durable.waits w on w.workspace_id = q.workspace and w.run_id = q.run
    where w.event_id is null
    window in_order as (partition by w.workspace_id, w.run_id, w.event_name, w.mode = 'cancel' order by w.ordinal)
  ) as o where not o.looked_back order by o.workspace_id, o.run_id, o.ordinal
$function$
;

CREATE OR REPLACE FUNCTION durable.look_for_alerts(p_every_ms double precision)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.looks_back(p_wait waits)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.waits w where w.workspace_id = p_wait.workspace_id and w.run_id = p_wait.run_id
    and w.step_id = p_wait.step_id and w.key = p_wait.key and not w.looked_back)
$function$
;

CREATE OR REPLACE FUNCTION durable.lost_entries(p_workspace integer, p_run uuid, p_cut integer)
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE
AS $function$
  select s.step_id from durable.steps s
  where s.workspace_id = p_workspace and s.run_id = p_run and s.status = 'cancelled' and exists (
    select 1 from durable.steps j
    where j.workspace_id = s.workspace_id and j.run_id = s.run_id and j.op = 'join' and j.seq <= p_cut
      and j.settled_at = s.settled_at and (s.scope is distinct from j.scope or not exists (
        select 1 from durable.runs r where r.workspace_id = j.workspace_id and r.id = j.run_id and r.ended_at = j.settled_at)))
$function$
;

CREATE OR REPLACE FUNCTION durable.made_at(p_event events)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when isfinite(p_event.received_at) then p_event.received_at else durable.time_of_id(p_event.id) end
$function$
;

CREATE OR REPLACE FUNCTION durable.make_partition()
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_days int := greatest(1, ceil(extract(epoch from durable.longest_retention()) / 86400 / 5))::int;
  v_from timestamptz;
  v_to timestamptz;
  v_no int;
  v_state text := 'open';
  v_table text;
  v_is_taken boolean;
begin
  if not pg_try_advisory_xact_lock(7302, 0) then
    return false;
  end if;
  select coalesce(max(p.no), 0) + 1, max(p.to_at) into v_no, v_from from durable.partitions p;
  if v_from > v_now + 2 * v_days * interval '1 day' then
    return false;
  end if;
  -- A day begins at midnight UTC, whatever zone the server is in. After a gap (no engine ran) it begins anew today.
  v_from := greatest(coalesce(v_from, '-infinity'), date_trunc('day', v_now, 'UTC'));
  v_to := v_from + v_days * interval '1 day';
  perform set_config('lock_timeout', '100', true);
  foreach v_table in array durable.partitioned() loop
    execute format('lock table only durable.%I in access exclusive mode', v_table);
    -- Rows that came while there was none stay where they are: so does their time.
    execute format('select exists (select 1 from durable.%I where %I >= $1 and %2$I < $2)', v_table || '_default',
      case when v_table in ('events', 'runs') then 'id' else 'run_id' end)
      into v_is_taken using durable.first_id(v_from), durable.first_id(v_to);
    if v_is_taken then
      v_state := 'none';
    end if;
  end loop;
  insert into durable.partitions (no, from_at, to_at, state) values (v_no, v_from, v_to, v_state);
  if v_state = 'open' then
    foreach v_table in array durable.partitioned() loop
      execute format('create table durable.%I partition of durable.%I for values from (%L) to (%L)', v_table || '_p' || v_no, v_table,
        durable.first_id(v_from), durable.first_id(v_to));
      perform durable.name_indexes(v_table, v_table || '_p' || v_no);
    end loop;
  end if;
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.mark_idempotency(p_workspace integer, p_shapes jsonb, p_run uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.shape_keys set run_id = p_run,
      until = durable.after_ms(durable.durable_now(), (p_shapes -> 'idempotency' ->> 'ms')::float8)
    where workspace_id = p_workspace and id = (p_shapes -> 'idempotency' ->> 'id')::uuid
$function$
;

CREATE OR REPLACE FUNCTION durable.mark_workspace(p_workspace integer, p_actor text, p_production boolean, p_reason text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  update durable.workspaces w set production = p_production, registry_version = w.registry_version + 1
    where w.id = p_workspace and w.production <> p_production;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'workspace.mark', case when p_production then 'production' else 'not production' end, p_reason);
end $function$
;

CREATE OR REPLACE FUNCTION durable.match_events(q_workspace integer[], q_event uuid[], OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[], OUT o_conditional uuid[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  c_workspace int[]; c_run uuid[]; c_step uuid[]; c_key text[]; c_event uuid[];
begin
  select array_agg(c.workspace_id) filter (where not c.is_asked), array_agg(c.run_id) filter (where not c.is_asked),
      array_agg(c.step_id) filter (where not c.is_asked), array_agg(c.key) filter (where not c.is_asked),
      array_agg(c.event_id) filter (where not c.is_asked),
      -- Oldest first: what comes behind it, for the same run, waits for what is asked.
      coalesce(array_agg(c.event_id order by c.received_at, c.event_id) filter (where c.is_asked), '{}')
    into c_workspace, c_run, c_step, c_key, c_event, o_conditional
    from (
      select w.workspace_id, w.run_id, w.step_id, w.key, e.id as event_id, e.received_at,
        case when w.mode = 'cancel' then w.condition is not null
          else bool_or(w.condition is not null and w.mode <> 'cancel')
            over (partition by w.workspace_id, w.run_id order by e.received_at, e.id, w.ordinal) end as is_asked
      from unnest(q_workspace, q_event) as q(workspace, event)
      join durable.events e on e.workspace_id = q.workspace and e.id = q.event
      join durable.wait_patterns p on p.workspace_id = e.workspace_id and p.event_name = e.name
      join durable.waits w on w.workspace_id = e.workspace_id and w.event_name = e.name
        and w.match_hash = durable.match_hash(p.paths, durable.comparable(e.data))
      where e.received_at >= w.since and (w.until is null or e.received_at <= w.until) and w.event_id is null
    ) as c;
  o_resolved := 0;
  if c_run is not null then
    select m.o_resolved, m.o_cancelled_workspace, m.o_cancelled_run
      into o_resolved, o_cancelled_workspace, o_cancelled_run
      from durable.settle_matches(c_workspace, c_run, c_step, c_key, c_event) as m;
  end if;
  delete from durable.event_obligations o using unnest(q_workspace, q_event) as q(workspace, event)
    where o.workspace_id = q.workspace and o.event_id = q.event and q.event <> all (o_conditional);
end $function$
;

CREATE OR REPLACE FUNCTION durable.match_hash(p_paths text[], p_data jsonb)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when count(*) = count(v) then md5(coalesce(string_agg(path || E'\x1f' || v, E'\x1e' order by no), ''))::uuid end
  from (
    select path, no, durable.scalar_text(p_data #> string_to_array(path, '.')) as v
    from unnest(p_paths) with ordinality as p(path, no)
  ) as values_at
$function$
;

CREATE OR REPLACE FUNCTION durable.match_paths(p_match jsonb)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce(array_agg(k order by k collate "C"), '{}') from jsonb_object_keys(p_match) as k
$function$
;

CREATE OR REPLACE FUNCTION durable.meets(p_wait waits, p_event events)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select p_wait.event_id is null and p_event.received_at >= p_wait.since
    and (p_wait.until is null or p_event.received_at <= p_wait.until)
    and durable.match_hash(durable.match_paths(p_wait.match::jsonb), durable.comparable(p_event.data)) = p_wait.match_hash
$function$
;

CREATE OR REPLACE FUNCTION durable.metric_bucket(p_ms double precision)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when p_ms <= 1 then 0 else least(127, ceil(ln(p_ms) / ln(2) * 4))::smallint end
$function$
;

CREATE OR REPLACE FUNCTION durable.move_begin(p_workspace integer, p_run uuid, p_at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_at timestamptz;
begin
  select due_at into v_at from durable.timers
    where workspace_id = p_workspace and run_id = p_run and step_id = '00000000-0000-0000-0000-000000000000' and kind = 'begin';
  update durable.timers set due_at = due_at + (p_at - v_at)
    where workspace_id = p_workspace and run_id = p_run and kind in ('begin', 'start', 'finish');
  update durable.runs set begins_at = p_at where workspace_id = p_workspace and id = p_run;
end $function$
;

CREATE OR REPLACE FUNCTION durable.move_run(p_workspace integer, p_run uuid, p_actor text, p_to text, p_reason text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  v_live durable.live_runs;
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_keeps boolean;
  v_newest text;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    return (select r.status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
  end if;
  if p_to is not null and not exists (
    select 1 from durable.deployments d where d.workspace_id = p_workspace and d.name = p_to and d.replaced_by is null and d.retired_at is null
  ) then
    return 'unknown-deployment';
  end if;
  select coalesce(f.manifest::json ->> 'version', 'latest') <> 'latest' into v_keeps
    from durable.runs r join durable.functions f on f.workspace_id = r.workspace_id and f.id = r.function_id
    where r.workspace_id = p_workspace and r.id = p_run;
  select e.deployment into v_newest from durable.endpoints e where e.workspace_id = p_workspace;
  if p_to is null and v_keeps is not true then
    delete from durable.placements where workspace_id = p_workspace and run_id = p_run;
  else
    -- One that is kept where it is stays at what is the newest now.
    insert into durable.placements (workspace_id, run_id, deployment) values (p_workspace, p_run, coalesce(p_to, v_newest))
      on conflict (workspace_id, run_id) do update set deployment = excluded.deployment;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.move', p_run::text, concat_ws(': ', coalesce(p_to, 'latest'), p_reason));
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    values (p_workspace, p_run, 'run.moved', v_live.journal_seq);
  with freed as (
    delete from durable.timers m using durable.tasks t
      where m.workspace_id = p_workspace and m.run_id = p_run and m.kind = 'task'
        and t.workspace_id = m.workspace_id and t.run_id = m.run_id and t.step_id = m.step_id
        -- Not what waits after an attempt that its own code has failed.
        and t.status = 'waiting' and t.transport_attempt > 0
      returning m.step_id
  ), task as (
    update durable.tasks t set status = 'queued', ready_rank = v_rank, transport_attempt = 0
      from freed f where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = f.step_id
      returning t.step_id
  )
  insert into durable.ready (rank, workspace_id, run_id, step_id) select v_rank, p_workspace, p_run, step_id from task;
  if v_live.status = 'running' then
    update durable.live_runs set moving = true where workspace_id = p_workspace and run_id = p_run;
  elsif v_live.status = 'waiting' then
    delete from durable.timers where workspace_id = p_workspace and run_id = p_run and step_id = c_run and kind = 'retry';
    if found then
      update durable.live_runs set status = 'queued', ready_rank = v_rank, transport_attempt = 0, fence = gen_random_uuid()
        where workspace_id = p_workspace and run_id = p_run;
      insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
      return 'queued';
    end if;
  end if;
  return durable.shown_status(v_live);
end $function$
;

CREATE OR REPLACE FUNCTION durable.name_bucket(p_workspace integer, p_name text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$ select hashtextextended(p_name, p_workspace)::bit(8)::int $function$
;

CREATE OR REPLACE FUNCTION durable.name_indexes(p_table text, p_partition text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_index record;
begin
  for v_index in
    select c.relname as name, regexp_replace(p.relname, '^' || p_table, p_partition) as wanted
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    join pg_index x on x.indexrelid = c.oid
    where x.indrelid = ('durable.' || p_partition)::regclass
  loop
    if v_index.name <> v_index.wanted then
      execute format('alter index durable.%I rename to %I', v_index.name, v_index.wanted);
    end if;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.new_id()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select (lpad(to_hex((extract(epoch from durable.durable_now()) * 1000)::bigint), 12, '0')
    || '7' || substr(r, 2, 3) || to_hex(8 + (('x' || substr(r, 5, 1))::bit(4)::int & 3)) || substr(r, 6, 15))::uuid
  from (select replace(gen_random_uuid()::text, '-', '') as r) as random
$function$
;

CREATE OR REPLACE FUNCTION durable.note_deployed(p_workspace integer, p_name text, p_url text, p_max_duration_ms integer, p_capabilities text[], p_digest text)
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.deployments set replaced_by = coalesce(p_name, 'one without a name')
    where workspace_id = p_workspace and url = p_url and name is distinct from p_name and replaced_by is null;
  insert into durable.deployments (workspace_id, name, url, max_duration_ms, capabilities, manifest_digest)
    select p_workspace, p_name, p_url, p_max_duration_ms, p_capabilities, p_digest where p_name is not null
    on conflict (workspace_id, name) do update
      set url = excluded.url, max_duration_ms = excluded.max_duration_ms, capabilities = excluded.capabilities,
          manifest_digest = excluded.manifest_digest, replaced_by = null, retired_at = null,
          synced_at = excluded.synced_at;
$function$
;

CREATE OR REPLACE FUNCTION durable.note_ended_runs(p_rows integer, p_age interval, OUT o_dropped integer, OUT o_lost boolean)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.note_failed_sync(p_workspace integer, p_actor text, p_url text, p_code text, p_detail text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_id int;
begin
  -- As sync_app does: one after the other.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  update durable.syncs s set count = s.count + 1, seen_at = v_now, actor = p_actor, resolved_at = null
    where s.workspace_id = p_workspace and s.id = (select max(o.id) from durable.syncs o where o.workspace_id = p_workspace)
      and s.outcome = 'failed' and (s.url, s.code, s.detail) is not distinct from (p_url, p_code, p_detail)
    returning s.id into v_id;
  if found then
    return v_id;
  end if;
  insert into durable.syncs as s (workspace_id, outcome, actor, url, code, detail, at, seen_at)
    values (p_workspace, 'failed', p_actor, p_url, p_code, p_detail, v_now, v_now)
    returning s.id into v_id;
  perform durable.forget_syncs(p_workspace, 'failed', 200);
  return v_id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.note_late(p_workspace integer, p_run uuid, p_fence uuid, p_step uuid, p_name text, p_attempt integer, p_value text, p_failure text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, name, value, failure, received_at)
    select r.workspace_id, r.id, p_fence, p_step, p_attempt, 'late', p_name, durable.late_value(p_value), p_failure,
      clock_timestamp()
    from durable.runs r
    where r.workspace_id = p_workspace and r.id = p_run
      and not durable.is_recorded(p_workspace, p_run, p_step, p_value, p_failure)
      -- Of an app that says it without end.
      and (select count(*) from durable.attempts a
           where a.workspace_id = r.workspace_id and a.run_id = r.id and a.outcome = 'late') < 1000
    on conflict do nothing;
  return exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.note_limit_wait(p_workspace integer, p_run uuid, p_step uuid, p_rank bigint, p_gate uuid)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.limit_waits (workspace_id, run_id, step_id, until, limit_id, key, since)
    select p_workspace, p_run, p_step, durable.durable_now(), g.limit_id, g.key, to_timestamp(coalesce(
      case when p_step = '00000000-0000-0000-0000-000000000000'
        then (select l.came from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run)
        else (select t.came from durable.tasks t where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step) end,
      p_rank) / 1000000.0)
    from durable.gates g where g.workspace_id = p_workspace and g.id = p_gate
    on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.note_skips()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.changes (workspace_id, kind) select distinct s.workspace_id, 'skip' from skipped s;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.note_starts(p_workspace integer[], p_run uuid[], p_rank bigint[], p_taken boolean[])
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.virtual_times v set at = s.rank
    from (
      select t.workspace_id, t.queue_id, max(p_rank[q]) as rank from generate_subscripts(p_run, 1) as q
      cross join lateral (select l.workspace_id, l.tenant from durable.live_runs l
        where l.workspace_id = p_workspace[q] and l.run_id = p_run[q] limit 1) as l
      join durable.tenants t on t.workspace_id = l.workspace_id and t.id = l.tenant
      where p_taken[q] group by 1, 2) as s
    where v.workspace_id = s.workspace_id and v.id = s.queue_id and v.at < s.rank
$function$
;

CREATE OR REPLACE FUNCTION durable.note_sync(p_workspace integer, p_actor text, p_url text, p_sdk text, p_deployment text, p_digest text, f_id text[], f_version integer[], f_change text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_functions text;
  v_id int;
begin
  select coalesce(json_agg(json_build_object('id', f.id, 'change', f.change,
      'from', case f.change when 'changed' then f.version - 1 when 'removed' then f.version end,
      'to', case when f.change <> 'removed' then f.version end) order by f.id), '[]')::text into v_functions
    from unnest(f_id, f_version, f_change) as f(id, version, change) where f.change <> 'unchanged';
  update durable.syncs s set resolved_at = v_now
    where s.workspace_id = p_workspace and s.outcome = 'failed' and s.resolved_at is null;
  if v_functions = '[]' then
    update durable.syncs s set count = s.count + 1, seen_at = v_now, actor = p_actor
      where s.workspace_id = p_workspace and s.id = (
          select max(o.id) from durable.syncs o where o.workspace_id = p_workspace and o.outcome = 'applied')
        and (s.url, s.sdk, s.deployment, s.manifest_digest) is not distinct from (p_url, p_sdk, p_deployment, p_digest)
      returning s.id into v_id;
    if found then
      return v_id;
    end if;
  end if;
  insert into durable.syncs as s (workspace_id, outcome, actor, url, sdk, deployment, manifest_digest, functions, at, seen_at)
    values (p_workspace, 'applied', p_actor, p_url, p_sdk, p_deployment, p_digest, v_functions, v_now, v_now)
    returning s.id into v_id;
  perform durable.forget_syncs(p_workspace, 'applied', 1000);
  return v_id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.note_tenants(p_workspaces integer[], t_workspace integer[], t_id uuid[], t_queue uuid[], t_function text[], t_key text[], t_weight integer[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.gatekeepers (workspace_id) select distinct workspace from unnest(p_workspaces) as workspace order by 1
    on conflict do nothing;
  insert into durable.tenants (workspace_id, id, queue_id, function_id, key, weight)
    select t.workspace, t.id, t.queue, t.function, t.key, t.weight
    from unnest(t_workspace, t_id, t_queue, t_function, t_key, t_weight) as t(workspace, id, queue, function, key, weight)
    where not exists (select 1 from durable.tenants k
      where k.workspace_id = t.workspace and k.id = t.id and k.weight = t.weight and k.touched_on >= current_date)
    order by 1, 2
    on conflict (workspace_id, id) do update set weight = excluded.weight, touched_on = excluded.touched_on;
$function$
;

CREATE OR REPLACE FUNCTION durable.note_terms(t_workspace integer[], t_event uuid[], t_new boolean[], t_function text[], t_run uuid[], t_born boolean[], t_terms text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.run_terms (workspace_id, run_id, name, value)
    select distinct t_workspace[q], into_run.id, term.pair ->> 0, term.pair ->> 1
    from generate_subscripts(t_run, 1) as q
    cross join lateral (select case when t_born[q] is not false then t_run[q] else (
      select c.run_id from durable.collected_events c
      join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id and r.function_id = t_function[q]
      where c.workspace_id = t_workspace[q] and c.event_id = t_event[q] limit 1) end as id) as into_run
    cross join lateral json_array_elements(t_terms[q]::json) as term(pair)
    where t_new[q] and t_terms[q] is not null and into_run.id is not null
    order by 1, 2, 3, 4
    on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.note_topic()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  v_row jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
begin
  if tg_op <> 'UPDATE' or new is distinct from old then
    insert into durable.changes (workspace_id, kind, subject) values ((v_row ->> 'workspace_id')::int, tg_argv[0], v_row ->> tg_argv[1]);
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.open_cancels(p_workspace integer[], p_run uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_cancel record;
begin
  for v_cancel in
    select r.workspace_id, r.id as run, r.function_id, r.event_id, r.created_at, c.no, c.spec,
      case json_typeof(c.spec -> 'match')
        when 'string' then jsonb_build_object(c.spec ->> 'match',
          durable.comparable(e.data) #> string_to_array(c.spec ->> 'match', '.'))
        when 'object' then (c.spec -> 'match')::jsonb
        else '{}' end as match,
      json_typeof(c.spec -> 'match') is not distinct from 'string'
        and durable.scalar_text(durable.comparable(e.data) #> string_to_array(c.spec ->> 'match', '.')) is null as is_missing
    from unnest(p_workspace, p_run) as q(workspace, run)
    join durable.runs r on r.workspace_id = q.workspace and r.id = q.run
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    join durable.function_versions v on v.workspace_id = r.workspace_id and v.function_id = r.function_id and v.version = r.function_version
    cross join json_array_elements(v.manifest::json -> 'cancel_on') with ordinality as c(spec, no)
  loop
    if v_cancel.is_missing then
      insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, at)
        values (v_cancel.workspace_id, durable.uuid_v7(), v_cancel.event_id, v_cancel.function_id, 'cancel-on',
          'Run ' || v_cancel.run || ' cannot be cancelled by "' || (v_cancel.spec ->> 'event') || '": its own event has no "'
            || (v_cancel.spec ->> 'match') || '" to compare.', durable.durable_now());
      continue;
    end if;
    insert into durable.waits (workspace_id, run_id, step_id, key, ordinal, mode, event_name, match, match_hash, condition, since, until)
      values (v_cancel.workspace_id, v_cancel.run, '00000000-0000-0000-0000-000000000000', v_cancel.no::text, v_cancel.no, 'cancel',
        v_cancel.spec ->> 'event', v_cancel.match::text, durable.declared_hash(durable.match_paths(v_cancel.match), v_cancel.match),
        v_cancel.spec ->> 'if', v_cancel.created_at,
        v_cancel.created_at + (v_cancel.spec ->> 'timeout_ms')::float8 * interval '1 millisecond');
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.open_circuit(p_workspace integer, p_error text, p_probe_ms integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.circuits as c (workspace_id, state, error, probe_ms, next_probe_at)
    values (p_workspace, 'open', p_error, p_probe_ms, clock_timestamp() + p_probe_ms * interval '1 millisecond')
    on conflict (workspace_id) do update
      set state = 'open', since = clock_timestamp(), error = excluded.error, probe_ms = excluded.probe_ms,
          next_probe_at = excluded.next_probe_at
      where c.state <> 'open'
$function$
;

CREATE OR REPLACE FUNCTION durable.overlap_limit()
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$ select 'e197da03-daad-4b21-6754-614ab5637ba0'::uuid $function$
;

CREATE OR REPLACE FUNCTION durable.owe_deliveries(p_workspace integer[], p_event text[], p_name text[], p_body text[], p_run uuid[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  if not exists (select 1 from durable.webhooks w where w.workspace_id = any (p_workspace) and w.state = 'enabled') then
    return 0;
  end if;
  insert into durable.webhook_deliveries (workspace_id, id, webhook_id, event_id, event_name, run_id, body, due_at, created_at)
    select w.workspace_id, durable.new_id(), w.id, p_event[q], p_name[q], p_run[q], p_body[q], durable.durable_now(), durable.durable_now()
    from generate_subscripts(p_workspace, 1) as q
    join durable.webhooks w on w.workspace_id = p_workspace[q] and w.state = 'enabled' and durable.is_named(w.events, p_name[q])
    order by 1, 3, 4
    on conflict do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.owe_end_events(p_workspace integer[], p_run uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.end_events (workspace_id, run_id)
    select r.workspace_id, r.id from unnest(p_workspace, p_run) as p(workspace, run)
    join durable.runs r on r.workspace_id = p.workspace and r.id = p.run
    where exists (select 1 from durable.end_listeners l
                  where l.workspace_id = r.workspace_id and l.event_name = 'durable.run.' || r.status)
      and not durable.stems_from(r.workspace_id, r.id, 'durable.run.')
    on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.owe_ends(p_workspace integer[], p_run uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  insert into durable.child_ends (workspace_id, run_id)
    select c.workspace_id, c.run_id from unnest(p_workspace, p_run) as p(workspace, run)
    join durable.children c on c.workspace_id = p.workspace and c.run_id = p.run
    where c.kind = 'invoke' on conflict do nothing;
  perform durable.start_on_failure(p_workspace, p_run);
  perform durable.owe_end_events(p_workspace, p_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.owe_grouping(p_workspace integer[], p_run uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.ungrouped (workspace_id, run_id)
    select distinct p.workspace, p.run from unnest(p_workspace, p_run) as p(workspace, run) order by 1, 2
    on conflict (workspace_id, run_id) do update set at = excluded.at
$function$
;

CREATE OR REPLACE FUNCTION durable.owe_input_notices(p_event text, p_workspace integer[], p_id uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.input_notices (workspace_id, input_id, event_name, data, at)
    select i.workspace_id, i.id, p_event, durable.input_json(i), durable.durable_now()
    from unnest(p_workspace, p_id) as p(workspace, id)
    join durable.inputs i on i.workspace_id = p.workspace and i.id = p.id
    where not durable.stems_from(i.workspace_id, i.run_id, 'durable.input.')
$function$
;

CREATE OR REPLACE FUNCTION durable.pace_after(p_pace_ms double precision, p_freed_at timestamp with time zone, p_count integer)
 RETURNS double precision
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(p_pace_ms + (s.ms - p_pace_ms) * (1 - 0.8 ^ p_count), s.ms, p_pace_ms)
  from (select extract(epoch from durable.durable_now() - p_freed_at)::float8 * 1000 / p_count as ms) as s
$function$
;

CREATE OR REPLACE FUNCTION durable.park_jobs(p_blocked integer[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  with circuit as materialized (
    select c.workspace_id from durable.circuits c
    where c.workspace_id = any (p_blocked) and c.state <> 'closing' for share skip locked
  ), head as materialized (
    select r.rank, r.workspace_id, r.run_id, r.step_id from durable.ready r
    where r.rank > 0 order by r.rank, r.workspace_id, r.run_id, r.step_id limit 500
  ), picked as materialized (
    select r.rank, r.workspace_id, r.run_id, r.step_id from head h join circuit c on c.workspace_id = h.workspace_id
    join durable.ready r on r.rank = h.rank and r.workspace_id = h.workspace_id and r.run_id = h.run_id and r.step_id = h.step_id
    for update of r skip locked
  ), gone as (
    delete from durable.ready r using picked p
      where r.rank = p.rank and r.workspace_id = p.workspace_id and r.run_id = p.run_id and r.step_id = p.step_id
  ), parked as (
    insert into durable.parked (workspace_id, rank, run_id, step_id)
      select workspace_id, rank, run_id, step_id from picked on conflict do nothing
  )
  select count(*) into v_count from picked;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.partitioned()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array['events', 'runs', 'steps', 'attempts', 'logs']
$function$
;

CREATE OR REPLACE FUNCTION durable.pass_gates(p_workspace integer, q_run uuid[], q_step uuid[], q_rank bigint[], q_from uuid[])
 RETURNS boolean[]
 LANGUAGE plpgsql
AS $function$
declare
  c_lease constant uuid := '00000000-0000-0000-0000-000000000000';
  c_whole constant uuid := '00000000-0000-0000-0000-000000000001';
  v_now constant timestamptz := durable.durable_now();
  g_id uuid[]; g_unit text[]; g_max int[]; g_pause float8[]; g_burst int[];
  g_used int[]; g_parked int[]; g_opens timestamptz[];
  g_head bigint[]; g_out int[]; g_in bigint[];                              -- first rank parked there, how many left it, first that came
  g_kept boolean[];                                                         -- its first one stays: so do all behind
  g_due timestamptz[];                                                      -- throttle: when the first who is stopped may go
  g_limit uuid[]; g_key text[];
  v_passed boolean[] := array_fill(false, array[cardinality(q_run)]);
  t_run uuid[] := '{}'; t_step uuid[] := '{}'; t_gate uuid[] := '{}';       -- grants
  k_no int[] := '{}'; k_gate uuid[] := '{}';                                -- parked anew
  d_no int[] := '{}';                                                       -- dropped
  w_no int[] := '{}'; w_gate int[] := '{}'; w_came bigint[] := '{}';         -- left the gate they stood at (0034)
  v_at int[];
  v_full int;
  v_from int;
  v_job record;
  v_gate int;
  v_open timestamptz;
  v_head bigint;
begin
  select array_agg(g.id), array_agg(g.unit), array_agg(durable.limit_now(l)), array_agg(l.period_ms / nullif(durable.limit_now(l), 0)),
      array_agg(l.burst), array_agg(g.used), array_agg(g.parked), array_agg(g.opens_at), array_agg(g.limit_id), array_agg(g.key)
    into g_id, g_unit, g_max, g_pause, g_burst, g_used, g_parked, g_opens, g_limit, g_key
    from (
      select unnest(q_from) as id union
      select unnest(l.run_gates || l.step_gates) from unnest(q_run) as q(run)
        cross join lateral (select l.run_gates, l.step_gates from durable.live_runs l
          where l.workspace_id = p_workspace and l.run_id = q.run limit 1) as l) as i
    cross join lateral (select n.* from durable.gates n where n.workspace_id = p_workspace and n.id = i.id limit 1) as g
    left join durable.limits l on l.workspace_id = p_workspace and l.id = g.limit_id;
  g_due := array_fill(null::timestamptz, array[coalesce(cardinality(g_id), 0)]);
  g_head := array_fill(null::bigint, array[coalesce(cardinality(g_id), 0)]);
  g_out := array_fill(0, array[coalesce(cardinality(g_id), 0)]);
  g_in := array_fill(null::bigint, array[coalesce(cardinality(g_id), 0)]);
  g_kept := array_fill(false, array[coalesce(cardinality(g_id), 0)]);

  for v_job in
    select q.no, q.run, q.step, q_rank[q.no] as rank, q.from_gate, coalesce((o.live).units, 1) as units, durable.gates_ahead(o.live, q.step) as ahead,
      case when q.step = c_lease then (o.live).came when q.from_gate is not null then (select t.came from durable.tasks t
        where t.workspace_id = p_workspace and t.run_id = q.run and t.step_id = q.step) end as came,
      case when q.step = c_lease then (o.live).status = 'queued' and (o.live).ready_rank = q_rank[q.no] else exists (
        select 1 from durable.tasks t where t.workspace_id = p_workspace and t.run_id = q.run and t.step_id = q.step
          and t.status = 'queued' and t.ready_rank = q_rank[q.no]) end as is_current
    from unnest(q_run, q_step, q_from) with ordinality as q(run, step, from_gate, no)
    left join lateral (select l as live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = q.run limit 1) as o on true
    order by q.no
  loop
    v_full := null;
    v_from := array_position(g_id, v_job.from_gate);
    if v_job.is_current is not true then
      -- Nobody's any more: what stands at the head of a gate must not stand there for ever.
      if v_from is not null then
        g_parked[v_from] := g_parked[v_from] - 1;
        g_out[v_from] := g_out[v_from] + 1;
        g_head[v_from] := null;
        d_no := d_no || v_job.no::int;
      end if;
      continue;
    end if;
    select array_agg(array_position(g_id, gate) order by no) into v_at from unnest(v_job.ahead) with ordinality as a(gate, no)
      where gate = any (g_id);
    foreach v_gate in array coalesce(v_at, '{}') loop
      continue when g_max[v_gate] is null;
      v_open := null;
      if g_unit[v_gate] = 'start' and g_max[v_gate] > 0 then
        v_open := g_opens[v_gate] - (greatest(g_burst[v_gate], v_job.units) - v_job.units) * g_pause[v_gate] * interval '1 millisecond';
      end if;
      -- Who leaves a gate in here were its first ones; a null head says that nobody has looked yet.
      if g_parked[v_gate] > 0 and v_gate is distinct from v_from and g_head[v_gate] is null then
        select k.rank into v_head from durable.parked k where k.workspace_id = p_workspace and k.gate_id = g_id[v_gate]
          order by k.rank, k.run_id, k.step_id offset g_out[v_gate] limit 1;
        g_head[v_gate] := v_head;
      end if;
      if (case when v_gate is distinct from v_from then least(g_head[v_gate], g_in[v_gate]) < v_job.rank else g_kept[v_gate] end)
          or (case when v_open is null then g_used[v_gate] >= g_max[v_gate] else v_open > v_now end) then
        v_full := v_gate;
        if v_open is not null and (g_parked[v_gate] = 0 or v_gate = v_from) then
          g_due[v_gate] := coalesce(g_due[v_gate], v_open);
        end if;
        exit;
      end if;
    end loop;
    if v_full is null then
      v_passed[v_job.no] := true;
      foreach v_gate in array coalesce(v_at, '{}') loop
        if g_unit[v_gate] = 'start' then
          g_opens[v_gate] := greatest(g_opens[v_gate], v_now) + coalesce(v_job.units * g_pause[v_gate], 0) * interval '1 millisecond';
        else
          g_used[v_gate] := g_used[v_gate] + 1;
        end if;
        t_run := t_run || v_job.run;
        t_step := t_step || case g_unit[v_gate] when 'step' then v_job.step else c_whole end;
        t_gate := t_gate || g_id[v_gate];
      end loop;
    end if;
    if v_full = v_from then
      g_kept[v_from] := true;
    end if;
    if v_from is not null and v_full is distinct from v_from then
      w_no := w_no || v_job.no::int;
      w_gate := w_gate || v_from;
      w_came := w_came || coalesce(v_job.came, v_job.rank);
      g_parked[v_from] := g_parked[v_from] - 1;
      g_out[v_from] := g_out[v_from] + 1;
      g_head[v_from] := null;
    end if;
    if v_full is not null and v_full is distinct from v_from then
      g_parked[v_full] := g_parked[v_full] + 1;
      g_in[v_full] := least(g_in[v_full], v_job.rank);
      k_no := k_no || v_job.no::int;
      k_gate := k_gate || g_id[v_full];
    end if;
  end loop;

  update durable.gates g set used = q.used, parked = q.parked, opens_at = q.opens
    from unnest(g_id, g_used, g_parked, g_opens) as q(id, used, parked, opens)
    where g.workspace_id = p_workspace and g.id = q.id
      and (g.used <> q.used or g.parked <> q.parked or g.opens_at <> q.opens);
  insert into durable.grants (workspace_id, run_id, step_id, gate_id, at)
    select p_workspace, t.run, t.step, t.gate, v_now from unnest(t_run, t_step, t_gate) as t(run, step, gate);
  -- Out of where it stood ...
  delete from durable.parked k where k.ctid = any (array(
    select c.ctid from generate_subscripts(q_run, 1) as q
    cross join lateral (select c.ctid from durable.parked c where c.workspace_id = p_workspace and c.gate_id = q_from[q]
      and c.rank = q_rank[q] and c.run_id = q_run[q] and c.step_id = q_step[q] limit 1) as c
    where v_passed[q] or q = any (k_no) or q = any (d_no)));
  if cardinality(w_no) > 0 then
    insert into durable.limit_waits (workspace_id, run_id, step_id, until, limit_id, key, since)
      select p_workspace, q_run[w_no[q]], q_step[w_no[q]], v_now, g_limit[w_gate[q]], g_key[w_gate[q]], to_timestamp(w_came[q] / 1000000.0)
      from generate_subscripts(w_no, 1) as q
      on conflict do nothing;
  end if;
  delete from durable.ready r where r.ctid = any (array(
    select c.ctid from unnest(k_no) as q
    cross join lateral (select c.ctid from durable.ready c where c.rank = q_rank[q] and c.workspace_id = p_workspace
      and c.run_id = q_run[q] and c.step_id = q_step[q] limit 1) as c
    where q_from[q] is null));
  -- ... and into where it stands now.
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, k.gate, q_rank[k.no], q_run[k.no], q_step[k.no] from unnest(k_no, k_gate) as k(no, gate);
  insert into durable.ready (rank, workspace_id, run_id, step_id)
    select q_rank[q], p_workspace, q_run[q], q_step[q] from generate_subscripts(q_run, 1) as q
    where q_from[q] is not null and v_passed[q];
  -- A throttle opens by itself, and a gate with room for more of those behind it is looked at again.
  insert into durable.gate_notes (due_at, workspace_id, gate_id)
    select coalesce(g.due, '-infinity'), p_workspace, g.id
    from unnest(g_id, g_unit, g_max, g_used, g_parked, g_due) as g(id, unit, max, used, parked, due)
    where g.parked > 0 and case when g.unit <> 'start' or g.max is null then g.max is null or g.used < g.max
        else g.due is not null or g.max > 0 and g.id = any (q_from) end;
  return v_passed;
end $function$
;

CREATE OR REPLACE FUNCTION durable.past_events(q_workspace integer[], q_run uuid[], p_limit integer)
 RETURNS TABLE(workspace_id integer, run_id uuid, step_id uuid, key text, looks integer, condition text, trigger text, event_id uuid, event text, meets boolean)
 LANGUAGE sql
 STABLE
AS $function$
  select w.workspace_id, w.run_id, w.step_id, w.key, w.looks, w.condition,
    case when strpos(w.condition, 'trigger') > 0 then durable.event_json(t) end,
    e.id, case when m.meets then durable.event_json(e) end, m.meets
  from durable.look_backs(q_workspace, q_run) as b
  cross join lateral (select (b.wait).*) as w
  join durable.runs r on r.workspace_id = w.workspace_id and r.id = w.run_id
  join durable.events t on t.workspace_id = r.workspace_id and t.id = r.event_id
  left join lateral durable.events_after(b.wait, p_limit) as e on true
  left join lateral (select e.id <> r.event_id and (w.until is null or e.received_at <= w.until)
      and durable.match_hash(durable.match_paths(w.match::jsonb), durable.comparable(e.data)) = w.match_hash
      and not exists (select 1 from durable.taken_events k where k.workspace_id = w.workspace_id
                      and k.run_id = w.run_id and k.event_id = e.id) as meets) as m on true
  where b.is_asked and b.is_next
  order by w.workspace_id, w.run_id, w.ordinal, e.received_at, e.id
$function$
;

CREATE OR REPLACE FUNCTION durable.pause(p_workspace integer, p_actor text, p_kind text, p_function text, p_limit uuid, p_key text, p_reason text, OUT o_id uuid, OUT o_new boolean)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.pauses (workspace_id, kind, function_id, limit_id, key, actor, reason, since)
    values (p_workspace, p_kind, p_function, p_limit, p_key, p_actor, p_reason, durable.durable_now())
    on conflict do nothing returning id into o_id;
  o_new := found;
  if not found then
    select p.id into o_id from durable.pauses p where p.workspace_id = p_workspace and not p.ending
      and (p.kind, p.function_id, p.limit_id, p.key) is not distinct from (p_kind, p_function, p_limit, p_key);
    return;
  end if;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'pause', o_id::text,
      json_build_object('kind', p_kind, 'function', p_function, 'limit', p_limit, 'key', p_key, 'reason', p_reason)::text);
end $function$
;

CREATE OR REPLACE FUNCTION durable.pause_run(p_workspace integer, p_run uuid, p_actor text, p_reason text, p_failure text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_live durable.live_runs;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    return (select r.status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run);
  end if;
  if v_live.status = 'paused' or v_live.pausing then
    return case v_live.status when 'paused' then 'paused' else 'pausing' end;
  end if;
  delete from durable.ready where rank = v_live.ready_rank and workspace_id = p_workspace and run_id = p_run;
  update durable.live_runs
    set status = case when v_live.status = 'running' then 'running' else 'paused' end,
        pausing = v_live.status = 'running', ready_rank = null
    where workspace_id = p_workspace and run_id = p_run;
  update durable.runs set pause_reason = p_failure where workspace_id = p_workspace and id = p_run;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.pause', p_run::text, p_reason);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    values (p_workspace, p_run, case v_live.status when 'running' then 'run.pausing' else 'run.paused' end, v_live.journal_seq);
  return case v_live.status when 'running' then 'pausing' else 'paused' end;
end $function$
;

CREATE OR REPLACE FUNCTION durable.pause_runs(p_workspace integer[], p_run uuid[], p_failure text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  delete from durable.ready r using unnest(p_workspace, p_run) as p(workspace, run)
    join durable.live_runs l on l.workspace_id = p.workspace and l.run_id = p.run
    where r.rank = l.ready_rank and r.workspace_id = l.workspace_id and r.run_id = l.run_id
      and r.step_id = '00000000-0000-0000-0000-000000000000';
  with paused as (
    update durable.live_runs l
      set status = 'paused', engine_id = null, ready_rank = null, fence = gen_random_uuid(), pausing = false,
          moving = false
      from unnest(p_workspace, p_run) as p(workspace, run)
      where l.workspace_id = p.workspace and l.run_id = p.run
      returning l.workspace_id, l.run_id, l.journal_seq
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select workspace_id, run_id, 'run.paused', journal_seq from paused
  )
  update durable.runs r set pause_reason = p.failure
    from paused l join unnest(p_workspace, p_run, p_failure) as p(workspace, run, failure)
      on p.workspace = l.workspace_id and p.run = l.run_id
    where r.workspace_id = l.workspace_id and r.id = l.run_id;
  perform durable.owe_grouping(p_workspace, p_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.pause_schedule(p_workspace integer, p_actor text, p_id text, p_paused boolean, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  -- As in create_schedule: whether its function is served must not change meanwhile.
  perform 1 from durable.workspaces w where w.id = p_workspace for share;
  update durable.schedules s
    set paused_at = case when p_paused then durable.durable_now() end, revision = s.revision + 1,
        handled_to = case when p_paused then s.handled_to else v_now end,
        next_at = case when p_paused and (s.next_at <= durable.durable_now() or s.owed <> '{}') then s.next_at
          when not p_paused and s.removed_at is null and durable.is_served(p_workspace, s.function_id) then v_now end
    where s.workspace_id = p_workspace and s.id = p_id and (s.paused_at is null) = p_paused;
  if not found then
    return exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id);
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, case when p_paused then 'schedule.pause' else 'schedule.resume' end, p_id,
      json_build_object('reason', p_reason)::text);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.paused_jobs(p_workspace integer[], p_run uuid[], p_on boolean[])
 RETURNS TABLE(no integer, pause_id uuid)
 LANGUAGE plpgsql
AS $function$
begin
  return query
    with pause as materialized (
      select p.* from durable.pauses p where p.workspace_id = any (p_workspace) and not p.ending order by p.workspace_id, p.id for share skip locked
    )
    select distinct on (q) q, p.id from generate_subscripts(p_run, 1) as q
    cross join lateral (select l as live from durable.live_runs l where l.workspace_id = p_workspace[q] and l.run_id = p_run[q] limit 1) as o
    join pause p on p.workspace_id = p_workspace[q]
      and durable.is_paused_by((p.workspace_id, p.id, p.kind, p.function_id, p.limit_id, p.key, p.actor, p.reason, p.since, p.ending)::durable.pauses, o.live)
    where p_on[q]
    order by q, p.since, p.id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.plan_rerun(p_workspace integer, p_run uuid, p_step uuid, OUT o_cut integer, OUT o_undone uuid, OUT o_held uuid, OUT o_holder uuid)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  v_undone int;
begin
  select coalesce(min(s.seq) filter (where s.op = 'compensate') - 1, max(s.seq), 0) into o_cut from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_run and s.seq is not null;
  select least(o_cut, s.seq - 1) into o_cut from durable.steps s
    where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  select s.step_id, s.seq into o_undone, v_undone from durable.compensations c
    join durable.steps s on s.workspace_id = c.workspace_id and s.run_id = c.run_id and s.step_id = c.step_id
    cross join lateral durable.undoer(c.workspace_id, c.run_id, c.step_id) as u
    where c.workspace_id = p_workspace and c.run_id = p_run and s.seq <= o_cut and u.o_undone
    order by s.seq limit 1;
  o_cut := least(o_cut, v_undone - 1);
  select s.step_id, u.o_run into o_held, o_holder from durable.compensations c
    join durable.steps s on s.workspace_id = c.workspace_id and s.run_id = c.run_id and s.step_id = c.step_id
    cross join lateral durable.undoer(c.workspace_id, c.run_id, c.step_id) as u
    join durable.live_runs l on l.workspace_id = c.workspace_id and l.run_id = u.o_run
    where c.workspace_id = p_workspace and c.run_id = p_run and s.seq <= o_cut and u.o_run <> p_run
    order by s.seq limit 1;
end $function$
;

CREATE OR REPLACE FUNCTION durable.put_to_sleep(p_workspace integer[], p_run uuid[], p_at timestamp with time zone[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select p.workspace, p.run, '00000000-0000-0000-0000-000000000000', 'begin', p.at
    from unnest(p_workspace, p_run, p_at) as p(workspace, run, at);
  update durable.timers t set due_at = t.due_at + (p.at - durable.durable_now())
    from unnest(p_workspace, p_run, p_at) as p(workspace, run, at)
    where t.workspace_id = p.workspace and t.run_id = p.run and t.kind in ('start', 'finish');
end $function$
;

CREATE OR REPLACE FUNCTION durable.rank_arrivals()
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_workspace int;
begin
  if not exists (select 1 from durable.arrivals) then
    return false;
  end if;
  perform set_config('synchronous_commit', 'off', true);
  select g.workspace_id into v_workspace from durable.gatekeepers g
    where g.workspace_id in (select a.workspace_id from (select workspace_id from durable.arrivals order by rank limit 1000) as a)
    order by g.workspace_id limit 1 for update skip locked;
  if not found then
    return false;
  end if;
  perform durable.take_in(v_workspace);
  return exists (select 1 from durable.arrivals a where a.workspace_id = v_workspace);
end $function$
;

CREATE OR REPLACE FUNCTION durable.rank_of(p_at timestamp with time zone)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$ select (extract(epoch from p_at) * 1000000)::bigint $function$
;

CREATE OR REPLACE FUNCTION durable.read_notes(p_workspace integer, p_limit integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  n_gate uuid[]; n_count int[];
  q_run uuid[]; q_step uuid[]; q_rank bigint[]; q_from uuid[];
begin
  with note as materialized (
    select d.*, min(d.no) over (partition by d.gate_id) as first_no from (
      select due_at, no, gate_id, freed, dropped from durable.gate_notes
      where due_at <= durable.durable_now() and workspace_id = p_workspace order by due_at, no limit 1000) as d
  ), read as (
    select n.gate_id, min(n.no) as no, sum(n.freed)::int as freed, sum(n.dropped)::int as dropped from note n group by n.gate_id
  ), room as (
    select r.*, greatest(least(g.parked - r.dropped, p_limit,
        case when g.unit <> 'start' and durable.limit_now(l) is not null then durable.limit_now(l) - g.used + r.freed end), 0) as count
    from read r left join durable.gates g on g.workspace_id = p_workspace and g.id = r.gate_id
    left join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
  ), turn as materialized (
    select * from (select *, coalesce(sum(count) over (order by no rows between unbounded preceding and 1 preceding), 0)::int as before
      from room) as r where r.before < p_limit
  ), gone as (
    delete from durable.gate_notes d using note n
      where n.first_no <= (select max(no) from turn) and d.due_at = n.due_at and d.no = n.no
  ), changed as (
    update durable.gates g set used = g.used - t.freed, parked = g.parked - t.dropped,
        pace_ms = case when t.freed > 0 and g.parked > t.dropped then durable.pace_after(g.pace_ms, g.freed_at, t.freed) else g.pace_ms end,
        freed_at = case when t.freed = 0 then g.freed_at when g.parked > t.dropped then durable.durable_now() end
      from turn t where g.workspace_id = p_workspace and g.id = t.gate_id
  )
  select array_agg(t.gate_id order by t.no), array_agg(least(t.count, p_limit - t.before) order by t.no)
    into n_gate, n_count from turn t where t.count > 0;
  if n_gate is null then
    return;
  end if;
  with job as materialized (
    select p.*, row_number() over (order by p.rank, p.run_id, p.step_id) as no
    from unnest(n_gate, n_count) as n(gate, count)
    cross join lateral (
      select k.gate_id, k.rank, k.run_id, k.step_id from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = n.gate
      order by k.rank, k.run_id, k.step_id limit n.count for update skip locked) as p
  )
  select array_agg(j.run_id order by j.no), array_agg(j.step_id order by j.no), array_agg(j.rank order by j.no), array_agg(j.gate_id order by j.no)
    into q_run, q_step, q_rank, q_from from job j;
  if q_run is not null and exists (select 1 from durable.pauses k where k.workspace_id = p_workspace)
      and durable.hold_parked(p_workspace, q_run, q_from) then
    insert into durable.gate_notes (due_at, workspace_id, gate_id)
      select '-infinity', p_workspace, g.id from durable.gates g where g.workspace_id = p_workspace and g.id = any (n_gate) and g.parked > 0;
    perform durable.read_notes(p_workspace, p_limit);
    return;
  end if;
  if q_run is not null then
    perform durable.pass_gates(p_workspace, q_run, q_step, q_rank, q_from);
  end if;
  -- Those behind it are in somebody else's hands at this moment.
  insert into durable.gate_notes (due_at, workspace_id, gate_id)
    select durable.durable_now() + interval '20 milliseconds', p_workspace, n.gate
    from unnest(n_gate) as n(gate) where n.gate <> all (coalesce(q_from, '{}'));
end $function$
;

CREATE OR REPLACE FUNCTION durable.reconsider_gates(p_workspace integer, p_limits uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.gate_notes (due_at, workspace_id, gate_id)
    select '-infinity', g.workspace_id, g.id from durable.gates g
    where g.workspace_id = p_workspace and g.limit_id = any (p_limits) and g.parked > 0
$function$
;

CREATE OR REPLACE FUNCTION durable.refuse_bulk_item(p_workspace integer, p_bulk uuid, p_no integer, p_detail text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if durable.begin_bulk_item(p_workspace, p_bulk, p_no) then
    perform durable.end_bulk_item(p_workspace, p_bulk, p_no, 'refused', p_detail, null);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.refuse_rewrite()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'step % of run % is settled; a result never changes', old.step_id, old.run_id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.register_cancel_patterns(p_workspace integer, f_manifest text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  select durable.register_pattern(p_workspace, c.event, c.paths) from (
    select distinct c ->> 'event' as event,
      case json_typeof(c -> 'match') when 'string' then array[c ->> 'match']
        when 'object' then durable.match_paths((c -> 'match')::jsonb) else '{}' end as paths
    from unnest(f_manifest) as m(manifest), json_array_elements(m.manifest::json -> 'cancel_on') as c
    order by 1
  ) as c
$function$
;

CREATE OR REPLACE FUNCTION durable.register_end_listeners(p_workspace integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  delete from durable.end_listeners l where l.workspace_id = p_workspace and l.listener = 'functions';
  insert into durable.end_listeners (workspace_id, event_name, listener)
    select p_workspace, n.name, 'functions'
    from unnest(durable.told_names()) as n(name)
    where exists (
      select 1 from durable.functions f cross join json_array_elements(f.manifest::json -> 'triggers') as t
      where f.workspace_id = p_workspace and f.removed_at is null and t ->> 'event' like 'durable.%'
        and n.name like replace(replace(t ->> 'event', '_', '\_'), '*', '%'));
end $function$
;

CREATE OR REPLACE FUNCTION durable.register_pattern(p_workspace integer, p_event text, p_paths text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (select 1 from durable.wait_patterns p where p.workspace_id = p_workspace
                 and p.event_name = p_event and p.paths = p_paths) then
    perform pg_advisory_xact_lock(7301, durable.name_bucket(p_workspace, p_event));
    insert into durable.wait_patterns (workspace_id, event_name, paths)
      values (p_workspace, p_event, p_paths) on conflict do nothing;
    if p_event in ('durable.run.completed', 'durable.run.failed', 'durable.run.cancelled') then
      insert into durable.end_listeners (workspace_id, event_name, listener)
        values (p_workspace, p_event, 'waits') on conflict do nothing;
    end if;
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.register_webhook_listeners(p_workspace integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from durable.end_listeners l where l.workspace_id = p_workspace and l.listener = 'webhooks';
  insert into durable.end_listeners (workspace_id, event_name, listener)
    select p_workspace, n, 'webhooks' from unnest(durable.told_names()) as n
    where exists (select 1 from durable.webhooks w where w.workspace_id = p_workspace and w.state = 'enabled' and durable.is_named(w.events, n));
$function$
;

CREATE OR REPLACE FUNCTION durable.release_held(p_limit integer)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_pause durable.pauses;
begin
  select * into v_pause from durable.pauses p where p.ending order by p.workspace_id, p.id limit 1 for update skip locked;
  if found then
    perform durable.unpark_jobs(v_pause.workspace_id, v_pause.id, p_limit, 1);
    delete from durable.pauses p where p.workspace_id = v_pause.workspace_id and p.id = v_pause.id
      and not exists (select 1 from durable.parked k where k.workspace_id = p.workspace_id and k.gate_id = p.id);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.release_parked(p_workspace integer, p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  perform 1 from durable.circuits where workspace_id = p_workspace and state = 'closing' for update skip locked;
  if not found then
    return 0;
  end if;
  v_count := durable.unpark_jobs(p_workspace, '00000000-0000-0000-0000-000000000000', p_limit, 1);
  delete from durable.circuits where workspace_id = p_workspace
    and not exists (select 1 from durable.parked where workspace_id = p_workspace
      and gate_id = '00000000-0000-0000-0000-000000000000');
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.release_run(p_workspace integer, p_run uuid)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_status text := case when durable.is_asleep(p_workspace, p_run) then 'waiting' else 'queued' end;
begin
  update durable.runs set pause_reason = null where workspace_id = p_workspace and id = p_run;
  delete from durable.timers where workspace_id = p_workspace and run_id = p_run and kind = 'retry'
    and step_id = '00000000-0000-0000-0000-000000000000';
  update durable.live_runs
    set status = v_status, ready_rank = case when v_status = 'queued' then v_rank end, run_attempt = 0, transport_attempt = 0,
        lost = 0, fence = gen_random_uuid()
    where workspace_id = p_workspace and run_id = p_run;
  insert into durable.ready (rank, workspace_id, run_id) select v_rank, p_workspace, p_run where v_status = 'queued';
  perform durable.requeue_stopped_tasks(p_workspace, p_run);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select p_workspace, p_run, 'run.resumed', l.journal_seq from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  return v_status;
end $function$
;

CREATE OR REPLACE FUNCTION durable.remove_caller(p_workspace integer, p_caller text, p_actor text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  delete from durable.callers c where c.workspace_id = p_workspace and c.app = p_caller;
  if not found then
    return false;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'caller.remove', p_caller, null);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.repair_run(p_workspace integer, p_run uuid, p_actor text, p_reason text, p_step uuid, p_action text, p_value text, p_key text, p_at_ms double precision, p_resume boolean, p_preview boolean, OUT o_state text, OUT o_status text, OUT o_before timestamp with time zone, OUT o_at timestamp with time zone)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_live durable.live_runs;
  v_step durable.steps;
  v_value text := case p_action when 'complete' then p_value else 'null' end;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    o_state := case when found then 'ended' else 'unknown' end;
    return;
  end if;
  o_status := durable.shown_status(v_live);
  if v_live.ending is not null then
    o_state := 'ending';
    return;
  end if;
  select * into v_step from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  o_state := case
    when not found then 'no-step'
    when v_live.status <> 'paused' and not (p_action in ('wake', 'resolve') and v_live.status = 'waiting') then 'not-paused'
    when v_step.seq is not null or v_step.status = 'cancelled' then 'not-open'
    when v_step.op in ('input', 'approval') then 'asked'
    when p_action = 'wake' and v_step.op <> 'sleep' or p_action = 'resolve' and v_step.op not in ('wait', 'signal')
      or p_action = 'retry' and v_step.status <> 'retrying' then 'wrong-kind'
    else 'done' end;
  if o_state = 'done' and p_action = 'resolve' and p_value is not null then
    v_value := durable.value_by_hand(p_workspace, p_run, p_step, p_key, p_value);
    o_state := case when v_value is null then 'wrong-kind' else 'done' end;
  end if;
  if o_state <> 'done' then
    return;
  end if;
  if p_action = 'wake' then
    o_before := v_step.due_at;
    o_at := greatest(to_timestamp(p_at_ms / 1000), v_now);
  elsif v_live.status = 'waiting' or p_resume then
    o_status := 'queued';
  end if;
  if p_preview then
    return;
  end if;
  insert into durable.repairs (workspace_id, run_id, no, step_id, action, actor, reason, before, at)
    values (p_workspace, p_run, (select count(*) + 1 from durable.repairs m where m.workspace_id = p_workspace and m.run_id = p_run),
      p_step, p_action, p_actor, p_reason, o_before, v_now);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'step.' || p_action, p_run::text, json_strip_nulls(json_build_object('step', v_step.name,
      'id', replace(p_step::text, '-', ''), 'before', durable.rfc3339(o_before), 'at', durable.rfc3339(o_at),
      'undo', case when o_before is not null then 'wake at ' || durable.rfc3339(o_before) end, 'reason', p_reason))::text);
  if p_action = 'wake' then
    update durable.timers t set due_at = o_at where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step;
    update durable.steps s set due_at = o_at where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  elsif p_action = 'retry' then
    update durable.steps s set resumed_after = s.attempt, due_at = null
      where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
    delete from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step;
  else
    perform durable.settle_by_hand(p_workspace, p_run, p_step, v_value);
  end if;
  if p_action <> 'wake' and v_live.status = 'paused' and p_resume then
    o_status := durable.release_run(p_workspace, p_run);
  end if;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select p_workspace, p_run, 'run.repaired', l.journal_seq from durable.live_runs l
    where l.workspace_id = p_workspace and l.run_id = p_run;
end $function$
;

CREATE OR REPLACE FUNCTION durable.requeue_stopped_tasks(p_workspace integer, p_run uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  with task as (
    update durable.tasks t set status = 'queued', ready_rank = v_rank, transport_attempt = 0, lost = 0
      where t.workspace_id = p_workspace and t.run_id = p_run and t.status = 'waiting'
        and not exists (select 1 from durable.timers m
                        where m.workspace_id = t.workspace_id and m.run_id = t.run_id and m.step_id = t.step_id)
      returning t.workspace_id, t.run_id, t.step_id)
  insert into durable.ready (rank, workspace_id, run_id, step_id) select v_rank, workspace_id, run_id, step_id from task;
end $function$
;

CREATE OR REPLACE FUNCTION durable.rerun_run(p_workspace integer, p_origin uuid, p_actor text, p_reason text, p_run uuid, p_kind text, p_step uuid, p_birth json, p_placement text, p_event uuid, p_data text, p_result text, p_preview boolean, p_bulk uuid, p_no integer, OUT o_state text, OUT o_kept integer, OUT o_undone uuid, OUT o_holder uuid, OUT o_plan json)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_origin durable.runs;
  v_step durable.steps;
begin
  perform 1 from durable.runs r where r.workspace_id = p_workspace and r.id = durable.first_origin(p_workspace, p_origin) for update;
  select * into v_origin from durable.runs r where r.workspace_id = p_workspace and r.id = p_origin;
  if not found then
    o_state := 'unknown';
    return;
  end if;
  o_kept := 0;
  if p_kind <> 'rerun' then
    if v_origin.status is null then
      o_state := 'live';
      return;
    end if;
    select * into v_step from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_origin and s.step_id = p_step;
    if not found and p_step is not null then
      o_state := 'no-step';
      return;
    end if;
    select p.o_cut, p.o_undone, p.o_holder into o_kept, o_undone, o_holder from durable.plan_rerun(p_workspace, p_origin, p_step) as p;
    if o_holder is not null then
      o_state := 'undo-held';
      return;
    end if;
  end if;
  if p_result is not null and (v_step.op is null or o_undone is not null
      or v_step.op not in ('run', 'fetch', 'invoke', 'wait', 'signal', 'input', 'approval')) then
    o_state := 'no-result';
    return;
  end if;
  if p_data is not null and v_origin.begin_cause = 'batch' then
    o_state := 'batch';
    return;
  end if;
  o_state := 'done';
  -- Nobody reads it of an item of a bulk.
  if p_bulk is null then
    o_plan := durable.show_rerun(p_workspace, p_origin, o_kept);
  end if;
  if p_preview then
    return;
  end if;
  if p_bulk is not null and not durable.begin_bulk_item(p_workspace, p_bulk, p_no) then
    o_state := 'taken';
    return;
  end if;
  if p_data is not null then
    -- Nobody sent it: no wait looks back so far.
    insert into durable.events (workspace_id, id, name, data, time, received_at, traceparent)
      select e.workspace_id, p_event, e.name, p_data, e.time, '-infinity', e.traceparent from durable.events e
      where e.workspace_id = p_workspace and e.id = v_origin.event_id;
  end if;
  perform durable.bear_run(p_workspace, p_run, v_origin.function_id, case when p_data is null then v_origin.event_id else p_event end, p_birth);
  -- What its sender said of it. Of a batch also what its other events had.
  insert into durable.run_terms (workspace_id, run_id, name, value)
    select t.workspace_id, p_run, t.name, t.value from durable.run_terms t
    where t.workspace_id = p_workspace and t.run_id = p_origin and (t.name = 'tag' or v_origin.begin_cause = 'batch')
    on conflict do nothing;
  perform durable.keep_entries(p_workspace, p_origin, p_run, o_kept) where o_kept > 0;
  if p_result is not null then
    o_kept := o_kept + 1;
    insert into durable.steps (workspace_id, run_id, step_id, seq, scope, op, name, n, status, value, attempt, settled_at)
      values (p_workspace, p_run, p_step, o_kept, v_step.scope, v_step.op, v_step.name, v_step.n, 'ok', p_result, 0, durable.durable_now());
  end if;
  update durable.runs r set origin_run_id = p_origin, origin_kind = p_kind, origin_step_id = p_step, kept = o_kept,
      begin_cause = case when v_origin.begin_cause = 'batch' then 'batch' end
    where r.workspace_id = p_workspace and r.id = p_run;
  update durable.live_runs l set journal_seq = o_kept where l.workspace_id = p_workspace and l.run_id = p_run and o_kept > 0;
  insert into durable.placements (workspace_id, run_id, deployment) select p_workspace, p_run, p_placement where p_placement is not null;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.' || p_kind, p_origin::text, json_strip_nulls(json_build_object('run', p_run, 'kept', o_kept,
      'step', v_step.name, 'reason', p_reason))::text);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.created', o_kept);
  if p_bulk is not null then
    perform durable.end_bulk_item(p_workspace, p_bulk, p_no, 'done', null, p_run);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.rescue_leases(p_lost_max integer)
 RETURNS TABLE(engine_id integer, run_count integer)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_engine int;
  v_rank bigint := durable.rank_of(durable.durable_now());
  v_count int;
begin
  for v_engine in
    select e.id from durable.engines e
    where e.state in ('live', 'draining')
      and e.seen_at < clock_timestamp() - e.lease_ms * interval '1 millisecond'
      and pg_postmaster_start_time() < clock_timestamp() - e.lease_ms * interval '1 millisecond'
    order by e.id for update skip locked
  loop
    update durable.engines set state = 'dead' where id = v_engine;
    perform 1 from durable.live_runs l
      where l.engine_id = v_engine or (l.workspace_id, l.run_id) in (
        select t.workspace_id, t.run_id from durable.tasks t where t.engine_id = v_engine)
      order by l.workspace_id, l.run_id for update;
    with freed as (
      update durable.live_runs l
        set status = case when l.pausing or l.lost + 1 >= p_lost_max then 'paused' else 'queued' end,
            ready_rank = case when l.pausing or l.lost + 1 >= p_lost_max then null else v_rank end, pausing = false, moving = false,
            engine_id = null, fence = gen_random_uuid(), lost = l.lost + 1
        where l.engine_id = v_engine
        returning l.workspace_id, l.run_id, l.status, l.lost, l.journal_seq, l.fence
    ), job as (
      insert into durable.ready (rank, workspace_id, run_id)
        select v_rank, workspace_id, run_id from freed where status = 'queued'
    ), attempt as (
      insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure)
        select workspace_id, run_id, fence, '00000000-0000-0000-0000-000000000000', lost, 'lost',
          '{"name":"EngineLost","message":"the engine that held the lease stopped sending heartbeats"}' from freed
    ), reason as (
      update durable.runs r set pause_reason =
          '{"name":"EngineLost","message":"paused: its lease was lost with a dead engine ' || f.lost || ' times"}'
        from freed f where f.lost >= p_lost_max and r.workspace_id = f.workspace_id and r.id = f.run_id
        returning r.workspace_id, r.id
    ), owed as (
      insert into durable.ungrouped (workspace_id, run_id) select workspace_id, id from reason order by 1, 2
        on conflict (workspace_id, run_id) do update set at = excluded.at
    ), log as (
      insert into durable.changes (workspace_id, run_id, kind, journal_seq)
        select workspace_id, run_id, 'run.rescued', journal_seq from freed
    )
    select count(*) into v_count from freed;
    engine_id := v_engine;
    run_count := v_count + durable.free_tasks(v_engine, p_lost_max);
    return next;
  end loop;
end $function$
;

CREATE OR REPLACE FUNCTION durable.resume_run(p_workspace integer, p_run uuid, p_actor text, p_reason text, OUT o_status text, OUT o_resumed boolean)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
declare
  v_live durable.live_runs;
begin
  o_resumed := false;
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    return;
  end if;
  o_resumed := v_live.pausing or v_live.status = 'paused';
  o_status := durable.shown_status(v_live);
  if not o_resumed then
    return;
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.resume', p_run::text, p_reason);
  if v_live.status <> 'paused' then
    update durable.runs set pause_reason = null where workspace_id = p_workspace and id = p_run;
    update durable.live_runs set pausing = false where workspace_id = p_workspace and run_id = p_run;
    insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.resumed', v_live.journal_seq);
    return;
  end if;
  update durable.steps set resumed_after = attempt, due_at = null
    where workspace_id = p_workspace and run_id = p_run and seq is null and status = 'retrying';
  delete from durable.timers where workspace_id = p_workspace and run_id = p_run and kind in ('retry', 'task');
  o_status := durable.release_run(p_workspace, p_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.retire_deployment(p_workspace integer, p_actor text, p_name text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_retired_at timestamptz;
begin
  -- A sync may be making it the newest at this moment.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  select d.retired_at into v_retired_at from durable.deployments d
    where d.workspace_id = p_workspace and d.name = p_name for update;
  if not found then
    return null;
  elsif v_retired_at is not null then
    return 'already';
  elsif exists (select 1 from durable.endpoints e where e.workspace_id = p_workspace and e.deployment = p_name) then
    return 'newest';
  end if;
  update durable.deployments set retired_at = clock_timestamp() where workspace_id = p_workspace and name = p_name;
  insert into durable.audit (workspace_id, actor, action, target)
    values (p_workspace, p_actor, 'deployment.retire', p_name);
  return 'retired';
end $function$
;

CREATE OR REPLACE FUNCTION durable.retire_signing_secret(p_workspace integer, p_actor text, p_id integer, p_after_s double precision)
 RETURNS TABLE(state text, retired_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_retired_at timestamptz;
  v_at timestamptz := clock_timestamp() + make_interval(secs => p_after_s);
begin
  -- Two retirements at once must not each leave the other's secret as the last one.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  select s.retired_at into v_retired_at from durable.signing_secrets s where s.workspace_id = p_workspace and s.id = p_id;
  if not found then
    return;
  elsif v_retired_at <= v_at then
    return query select case when v_retired_at > clock_timestamp() then 'retiring' else 'retired' end, v_retired_at;
    return;
  elsif not exists (select 1 from durable.signing_secrets s
                    where s.workspace_id = p_workspace and s.id <> p_id and s.retired_at is null) then
    return query select 'last', null::timestamptz;
    return;
  end if;
  update durable.signing_secrets s set retired_at = v_at where s.workspace_id = p_workspace and s.id = p_id;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'secret.retire', p_id::text,
      case when p_after_s > 0 then 'in force until ' || durable.rfc3339(v_at) end);
  return query select case when p_after_s > 0 then 'retiring' else 'retired' end, v_at;
end $function$
;

CREATE OR REPLACE FUNCTION durable.retried_step(p_run runs)
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$
  select s.step_id from durable.steps s
  where s.workspace_id = p_run.workspace_id and s.run_id = p_run.id and s.status = 'err'
    and s.step_id = durable.step_of_failure(p_run.failure)
$function$
;

CREATE OR REPLACE FUNCTION durable.revision()
 RETURNS bigint
 LANGUAGE sql
 STABLE
AS $function$
  select pg_snapshot_xmax(s)::text::bigint - (select count(*) from pg_snapshot_xip(s)) from pg_current_snapshot() as s
$function$
;

CREATE OR REPLACE FUNCTION durable.rfc3339(p_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$function$
;

CREATE OR REPLACE FUNCTION durable.rivals(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_event uuid)
 RETURNS TABLE(step_id uuid, key text, condition text, trigger text, event_id uuid, event text)
 LANGUAGE sql
 STABLE
AS $function$
  with pair as (
    select w as wait, w.ordinal = own.ordinal as is_own, e as event
    from durable.waits own
    join durable.waits w on w.workspace_id = own.workspace_id and w.run_id = own.run_id and w.event_name = own.event_name
      and w.ordinal <= own.ordinal and (w.mode = 'cancel') = (own.mode = 'cancel')
    join durable.events e on e.workspace_id = p_workspace and e.id = p_event
    where own.workspace_id = p_workspace and own.run_id = p_run and own.step_id = p_step and own.key = p_key
      and (own.mode <> 'cancel' or w.ordinal = own.ordinal) and durable.meets(w, e)
  ), owed as (
    select x from durable.event_obligations o
    join durable.events x on x.workspace_id = o.workspace_id and x.id = o.event_id
    join durable.events e on e.workspace_id = p_workspace and e.id = p_event and e.name = x.name
      and (x.received_at, x.id) < (e.received_at, e.id)
    where o.workspace_id = p_workspace and exists (select 1 from pair p where not p.is_own)
  ), all_pairs as (
    select p.wait, p.event from pair p
    union all
    select p.wait, o.x from pair p cross join owed o where not p.is_own and durable.meets(p.wait, o.x)
  )
  select (p.wait).step_id, (p.wait).key, (p.wait).condition, durable.trigger_seen(p.wait), (p.event).id, durable.event_json(p.event)
  from all_pairs p
$function$
;

CREATE OR REPLACE FUNCTION durable.roll_up(p_keep_days integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_cursor durable.metric_cursor;
  v_to pg_snapshot;
  v_minute timestamptz := date_trunc('minute', clock_timestamp());
  v_workspace int[]; v_run uuid[]; v_kind text[]; v_at timestamptz[];
begin
  select * into v_cursor from durable.metric_cursor for update skip locked;
  if not found then
    return null;
  end if;
  v_to := pg_current_snapshot();
  -- Of another life of the database, whose transactions have other numbers: see epochs (0006).
  if pg_snapshot_xmax(v_cursor.snapshot) > pg_snapshot_xmax(v_to) then
    v_cursor.snapshot := v_to;
    v_cursor.lost_at := clock_timestamp();
  end if;
  if not pg_visible_in_snapshot((select l.dropped from durable.change_log l), v_cursor.snapshot) then
    v_cursor.lost_at := clock_timestamp();
  end if;
  select array_agg(c.workspace_id), array_agg(c.run_id), array_agg(c.kind), array_agg(date_trunc('minute', c.at))
    into v_workspace, v_run, v_kind, v_at
    from durable.changes_between(v_cursor.snapshot, v_to) as c
    where c.kind in ('run.created', 'run.completed', 'run.failed', 'run.cancelled');

  with counted as (
    select c.workspace, c.at, r.function_id, count(*) filter (where c.kind = 'run.created') as started,
      count(*) filter (where c.kind = 'run.completed') as completed, count(*) filter (where c.kind = 'run.failed') as failed,
      count(*) filter (where c.kind = 'run.cancelled') as cancelled,
      coalesce(sum(case when c.kind <> 'run.created' then durable.failed_attempts_of(c.workspace, c.run) end), 0) as failed_attempts
    from unnest(v_workspace, v_run, v_kind, v_at) as c(workspace, run, kind, at)
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run
    group by 1, 2, 3
  ), minutes as (
    insert into durable.metric_minutes as m (workspace_id, minute, function_id, started, completed, failed, cancelled, failed_attempts)
      select c.workspace, c.at, c.function_id, c.started, c.completed, c.failed, c.cancelled, c.failed_attempts from counted c order by 1, 2, 3
      on conflict (workspace_id, minute, function_id) do update set started = m.started + excluded.started,
        completed = m.completed + excluded.completed, failed = m.failed + excluded.failed, cancelled = m.cancelled + excluded.cancelled,
        failed_attempts = m.failed_attempts + excluded.failed_attempts
  )
  insert into durable.metric_totals as t (workspace_id, function_id, started, completed, failed, cancelled, failed_attempts)
    select c.workspace, c.function_id, sum(c.started), sum(c.completed), sum(c.failed), sum(c.cancelled), sum(c.failed_attempts) from counted c group by 1, 2 order by 1, 2
    on conflict (workspace_id, function_id) do update set started = t.started + excluded.started,
      completed = t.completed + excluded.completed, failed = t.failed + excluded.failed, cancelled = t.cancelled + excluded.cancelled,
      failed_attempts = t.failed_attempts + excluded.failed_attempts;

  with counted as (
    select c.workspace, c.at, r.function_id, p.phase, durable.metric_bucket(p.ms) as bucket, count(*) as count, sum(greatest(p.ms, 0)) as sum_ms
    from unnest(v_workspace, v_run, v_kind, v_at) as c(workspace, run, kind, at)
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run
    cross join lateral (values
      ('total', extract(epoch from r.ended_at - coalesce(r.begins_at, r.created_at))::float8 * 1000),
      -- A job that moves from gate to gate keeps its beginning, and steps wait beside each other: each moment counts once.
      ('limit', (select extract(epoch from sum(upper(t) - lower(t)))::float8 * 1000
        from unnest((select range_agg(tstzrange(w.since, w.until)) from durable.limit_waits w
          where w.workspace_id = r.workspace_id and w.run_id = r.id and w.until > w.since)) as t)),
      ('queue', extract(epoch from r.leased_at - r.scheduled_at)::float8 * 1000),
      ('network', case when r.app_ms <= extract(epoch from r.received_at - r.sent_at) * 1000 then extract(epoch from r.received_at - r.sent_at)::float8 * 1000 - r.app_ms end),
      ('app', r.app_ms::float8)) as p(phase, ms)
    where c.kind <> 'run.created' and p.ms is not null
    group by 1, 2, 3, 4, 5
  ), minutes as (
    insert into durable.metric_phases as m (workspace_id, minute, function_id, phase, bucket, count)
      select c.workspace, c.at, c.function_id, c.phase, c.bucket, c.count from counted c order by 1, 2, 3, 4, 5
      on conflict (workspace_id, minute, function_id, phase, bucket) do update set count = m.count + excluded.count
  )
  insert into durable.metric_phase_totals as t (workspace_id, function_id, phase, bucket, count, sum_ms)
    select c.workspace, c.function_id, c.phase, c.bucket, sum(c.count), sum(c.sum_ms) from counted c group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (workspace_id, function_id, phase, bucket) do update set count = t.count + excluded.count, sum_ms = t.sum_ms + excluded.sum_ms;

  if v_cursor.sampled_at < v_minute then
    insert into durable.metric_backlogs (workspace_id, minute, queued, parked, running, waiting, paused, oldest_queued_ms, circuit)
      select l.workspace_id, v_minute, count(*) filter (where l.status = 'queued'), coalesce(max(k.count), 0),
        count(*) filter (where l.status = 'running'), count(*) filter (where l.status = 'waiting'), count(*) filter (where l.status = 'paused'),
        max(greatest(0, extract(epoch from durable.durable_now())::float8 * 1000 - coalesce(l.came, l.ready_rank) / 1000.0::float8))
          filter (where l.status = 'queued'),
        coalesce(max(c.state), 'closed')
      from durable.live_runs l
      left join (select k.workspace_id, count(*)::int as count from durable.parked k group by 1) as k on k.workspace_id = l.workspace_id
      left join durable.circuits c on c.workspace_id = l.workspace_id
      group by 1 on conflict do nothing;
    delete from durable.metric_functions;
    insert into durable.metric_functions (workspace_id, function_id, queued, running, oldest_queued_ms)
      select l.workspace_id, r.function_id, count(*) filter (where l.status = 'queued'), count(*) filter (where l.status = 'running'),
        max(greatest(0, extract(epoch from durable.durable_now())::float8 * 1000 - coalesce(l.came, l.ready_rank) / 1000.0::float8))
          filter (where l.status = 'queued')
      from (select o.workspace_id, o.run_id, o.status, o.came, o.ready_rank from durable.live_runs o
        where o.status in ('queued', 'running') limit 100000) as l
      join durable.runs r on r.workspace_id = l.workspace_id and r.id = l.run_id
      group by 1, 2;
    delete from durable.metric_limits;
    insert into durable.metric_limits (workspace_id, limit_id, parked)
      select k.workspace_id, g.limit_id, sum(k.count)::int
      from (select k.workspace_id, k.gate_id, count(*) as count from durable.parked k group by 1, 2) as k
      join durable.gates g on g.workspace_id = k.workspace_id and g.id = k.gate_id
      group by 1, 2;
    delete from durable.metric_minutes where minute < v_minute - p_keep_days * interval '1 day';
    delete from durable.metric_phases where minute < v_minute - p_keep_days * interval '1 day';
    delete from durable.metric_backlogs where minute < v_minute - p_keep_days * interval '1 day';
    v_cursor.sampled_at := v_minute;
  end if;
  update durable.metric_cursor
    set snapshot = v_to, read_at = clock_timestamp(), sampled_at = v_cursor.sampled_at, lost_at = v_cursor.lost_at;
  return coalesce(cardinality(v_run), 0);
end $function$
;

CREATE OR REPLACE FUNCTION durable.rotate_changes(p_rows bigint, p_age interval)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.rotate_webhook_secret(p_workspace integer, p_id uuid, p_secret text, p_overlap_s double precision, p_actor text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_end timestamptz := durable.durable_now() + p_overlap_s * interval '1 second';
begin
  perform 1 from durable.webhooks w where w.workspace_id = p_workspace and w.id = p_id for update;
  if not found then
    return false;
  end if;
  update durable.webhook_secrets s set retired_at = least(coalesce(s.retired_at, v_end), v_end)
    where s.workspace_id = p_workspace and s.webhook_id = p_id;
  delete from durable.webhook_secrets s where s.workspace_id = p_workspace and s.webhook_id = p_id and s.retired_at < durable.durable_now();
  insert into durable.webhook_secrets (workspace_id, webhook_id, secret, created_at) values (p_workspace, p_id, p_secret, durable.durable_now());
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'webhook.rotate', p_id::text, json_build_object('overlap_s', p_overlap_s)::text);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.run_anyway(p_workspace integer, p_skip uuid, p_actor text, p_run uuid, p_birth json)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  v_skip durable.skips;
begin
  select * into v_skip from durable.skips where workspace_id = p_workspace and id = p_skip for update;
  if not found or v_skip.started_run is not null then
    return v_skip.started_run;
  end if;
  update durable.skips set started_run = p_run where workspace_id = p_workspace and id = p_skip;
  perform durable.bear_run(p_workspace, p_run, v_skip.function_id, v_skip.event_id, p_birth);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'skip.run', p_skip::text, p_run::text);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.created', 0);
  return p_run;
end $function$
;

CREATE OR REPLACE FUNCTION durable.run_arrives()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if current_setting('durable.ranking', true) is distinct from 'on' then
    insert into durable.arrivals (rank, workspace_id, run_id, step_id)
      values (new.ready_rank, new.workspace_id, new.run_id, '00000000-0000-0000-0000-000000000000') on conflict do nothing;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.run_leaves_gates()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  c_lease constant uuid := '00000000-0000-0000-0000-000000000000';
begin
  -- The job first: it waits for a claim that lets it through at this moment, whose grants are seen afterwards.
  if old.ready_rank is not null then
    perform durable.drop_job(old.workspace_id, old.run_id, c_lease, old.run_gates || old.step_gates, old.ready_rank);
  end if;
  perform durable.free_grants(old.workspace_id, old.run_id, case tg_op when 'UPDATE' then array[c_lease] end);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.run_out(p_workspace integer, p_run uuid, p_kind text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_live durable.live_runs;
  v_ms bigint;
  v_since text;
begin
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run;
  if not found or v_live.status = 'paused' or v_live.ending is not null then
    return;
  end if;
  if p_kind = 'start' and (v_live.status = 'running' or v_live.run_attempt > 0 or exists (
      select 1 from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run)) then
    return;
  end if;
  select extract(epoch from durable.durable_now() - coalesce(r.begins_at, r.created_at)) * 1000,
      case when r.begins_at is null then 'its creation' else 'it was to begin' end into v_ms, v_since
    from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
  perform durable.end_run(p_workspace, p_run, 'failed', json_build_object('name', 'TimeoutError', 'code', 'timeout_' || p_kind,
    'message', case p_kind
      when 'start' then 'the run had not begun ' || v_ms || ' ms after ' || v_since || ', which is later than timeouts.start allows. Is the app up, and are there free slots?'
      else 'the run had not ended ' || v_ms || ' ms after ' || v_since || ', which is later than timeouts.finish allows.' end)::text, true);
end $function$
;

CREATE OR REPLACE FUNCTION durable.run_told_of(p_event events)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when t.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then t.id::uuid end from (
    select case json_typeof(d -> 'run') when 'object' then d -> 'run' ->> 'id' when 'string' then d ->> 'run' end as id
    from (select case when p_event.name ~ '^durable\.(run\.|input\.|on-failure$)' then p_event.data::json end as d) as q) as t
$function$
;

CREATE OR REPLACE FUNCTION durable.run_traceparent(p_run runs, p_event events)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select '00-' || coalesce(substr(p_event.traceparent, 4, 32), replace(p_run.id::text, '-', '')) || '-'
    || right(replace(p_run.id::text, '-', ''), 16) || '-' || coalesce(right(p_event.traceparent, 2), '01')
$function$
;

CREATE OR REPLACE FUNCTION durable.run_waits(p_workspace integer, p_runs uuid[], p_position_max integer)
 RETURNS TABLE(run_id uuid, wait json)
 LANGUAGE sql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
AS $function$
  with live as materialized (
    select l.run_id, l.status, l.ready_rank, l.came, l.run_attempt, l.transport_attempt, coalesce(l.units, 1) as units, l.tenant, l.run_gates, l.step_gates
    from unnest(p_runs) as p(run) join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = p.run
    where l.status <> 'running'
  ), job as materialized (
    select l.run_id, '00000000-0000-0000-0000-000000000000'::uuid as step_id, l.ready_rank as rank, coalesce(l.came, l.ready_rank) as came,
        -- The last one of a fair run is its queue, where it waits for its turn at a slot.
        l.run_gates || case when l.tenant is null then l.step_gates else trim_array(l.step_gates, 1) end as gates from live l where l.ready_rank is not null
    union all
    select t.run_id, t.step_id, t.ready_rank, coalesce(t.came, t.ready_rank),
        case when l.tenant is null then t.gates else trim_array(t.gates, 1) end from live l
      join durable.tasks t on t.workspace_id = p_workspace and t.run_id = l.run_id where t.ready_rank is not null
  ), stopped as materialized (
    select distinct on (k.run_id) k.run_id, k.step_id, k.rank, j.came, k.gate_id, count(*) over (partition by k.run_id) as jobs
    from job j cross join unnest(j.gates) as gate(id)
    join durable.parked k on k.workspace_id = p_workspace and k.gate_id = gate.id and k.rank = j.rank
      and k.run_id = j.run_id and k.step_id = j.step_id
    order by k.run_id, k.rank, k.step_id
  ), held as materialized (
    select distinct on (j.run_id) j.run_id, j.step_id, j.came, p.id as pause_id
    from durable.pauses p cross join job j
    join durable.parked k on k.workspace_id = p_workspace and k.gate_id = p.id and k.rank = j.rank
      and k.run_id = j.run_id and k.step_id = j.step_id
    where p.workspace_id = p_workspace and not p.ending
    order by j.run_id, j.rank, j.step_id
  ), circuit as materialized (
    select c.* from durable.circuits c where c.workspace_id = p_workspace and c.state <> 'closing'
  ), cause as materialized (
    select l.run_id, c.kind, c.step_id, c.due_at, c.came, c.child, c.child_workspace from live l cross join lateral (
      select 0 as no, 'paused' as kind, '00000000-0000-0000-0000-000000000000'::uuid as step_id, null::timestamptz as due_at, null::bigint as came, null::uuid as child, null::int as child_workspace
        where l.status = 'paused'
      union all
      select 1, 'held', h.step_id, null, h.came, null, null from held h where h.run_id = l.run_id and l.status <> 'paused'
      union all
      select 2, 'gate', s.step_id, null, s.came, null, null from stopped s where s.run_id = l.run_id and l.status <> 'paused'
      union all
      select 3, 'circuit', j.step_id, null, j.came, null, null from job j cross join circuit where j.run_id = l.run_id and l.status <> 'paused'
      union all
      select 4, case t.kind when 'begin' then 'begin' else 'retry' end, t.step_id, t.due_at, null, null, null from durable.timers t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.kind in ('begin', 'retry', 'task')
      union all
      select 5, 'slot', j.step_id, null, j.came, null, null from job j where j.run_id = l.run_id and l.status <> 'paused'
      union all
      select 6, 'step', t.step_id, null, null, null, null from durable.tasks t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.status = 'running'
      union all
      select 7, 'child', c.parent_step_id, null, null, c.run_id, c.workspace_id from durable.children c
        where l.status = 'waiting' and c.parent_workspace_id = p_workspace and c.parent_run_id = l.run_id and durable.awaits_child(c)
      union all
      select 8, 'input', i.step_id, i.due_at, null, null, null from durable.inputs i
        where l.status = 'waiting' and i.workspace_id = p_workspace and i.run_id = l.run_id and i.status = 'open'
      union all
      select 9, case w.mode when 'signal' then 'signal' else 'event' end, w.step_id, null, null, null, null from durable.waits w
        where l.status = 'waiting' and w.workspace_id = p_workspace and w.run_id = l.run_id and w.mode <> 'cancel' and w.event_id is null
      union all
      select 10, 'sleep', t.step_id, t.due_at, null, null, null from durable.timers t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.kind = 'sleep'
      order by no, due_at, came, step_id limit 1) as c
  )
  select c.run_id, json_build_object(
    'kind', coalesce(a.kind, c.kind),
    'step', case when c.step_id <> '00000000-0000-0000-0000-000000000000' then json_build_object('id', replace(c.step_id::text, '-', ''), 'name', e.name) end,
    'since', durable.rfc3339(coalesce(to_timestamp(c.came / 1000000.0), e.committed_at)),
    'until', durable.rfc3339(coalesce(c.due_at, t.due_at)),
    'starts_at', durable.rfc3339(case when c.kind in ('begin', 'retry', 'sleep') then c.due_at else a.starts_at end),
    'starts_unknown', case when c.kind in ('begin', 'retry', 'sleep') then null when c.kind = 'gate' then a.starts_unknown else 'outside' end,
    'jobs', coalesce(s.jobs, 0),
    'gate', a.gate,
    'pause', case when c.kind = 'held' then (
      select json_build_object('id', p.id, 'kind', p.kind, 'function', p.function_id, 'limit', p.limit_id, 'key', p.key,
        'by', p.actor, 'reason', p.reason, 'since', durable.rfc3339(p.since))
      from held h join durable.pauses p on p.workspace_id = p_workspace and p.id = h.pause_id where h.run_id = c.run_id) end,
    'circuit', case when c.kind = 'circuit' then (select json_build_object('state', o.state, 'since', durable.rfc3339(o.since),
      'next_probe_at', durable.rfc3339(o.next_probe_at), 'last_error', o.error) from circuit o) end,
    'attempt', case when c.kind = 'retry' then coalesce(e.attempt, case when l.transport_attempt > 0 then l.transport_attempt else l.run_attempt end) + 1 end,
    'child', case when c.kind = 'child' then (select json_build_object('run', r.id, 'function', r.function_id,
        'status', coalesce(r.status, durable.shown_status(o)), 'app', durable.app_beside(p_workspace, r.workspace_id))
      from durable.runs r left join durable.live_runs o on o.workspace_id = r.workspace_id and o.run_id = r.id
      where r.workspace_id = c.child_workspace and r.id = c.child) end,
    'input', case when c.kind = 'input' then (select json_build_object('id', i.id, 'kind', i.kind, 'assignee', i.assignee) from durable.inputs i
      where i.workspace_id = p_workspace and i.run_id = c.run_id and i.step_id = c.step_id) end,
    'events', case when c.kind in ('event', 'signal') then (select json_agg(json_build_object('event', w.event_name, 'match', w.match) order by w.ordinal)
      from durable.waits w where w.workspace_id = p_workspace and w.run_id = c.run_id and w.step_id = c.step_id and w.event_id is null) end)
  from cause c
  join live l on l.run_id = c.run_id
  left join stopped s on c.kind = 'gate' and s.run_id = c.run_id
  left join lateral durable.gate_wait(p_workspace, s.gate_id, s.rank, s.run_id, s.step_id, l.units, p_position_max) as a on s.gate_id is not null
  left join durable.steps e on e.workspace_id = p_workspace and e.run_id = c.run_id and e.step_id = c.step_id
  left join durable.timers t on t.workspace_id = p_workspace and t.run_id = c.run_id and t.step_id = c.step_id
    and c.kind in ('child', 'input', 'event', 'signal')
$function$
;

CREATE OR REPLACE FUNCTION durable.runs_before_tick(p_workspace integer, p_gate uuid, p_last_run uuid, p_tick text)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
  select case when exists (select 1 from durable.event_ids k where k.workspace_id = p_workspace and k.client_id = p_tick) then '{}' else array(
    select g.run_id from durable.grants g where g.workspace_id = p_workspace and g.gate_id = p_gate
    union
    select k.run_id from durable.parked k where k.workspace_id = p_workspace and k.gate_id = p_gate
    union
    select l.run_id from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_last_run
    limit 1000) end
$function$
;

CREATE OR REPLACE FUNCTION durable.save_view(p_workspace integer, p_id uuid, p_screen text, p_name text, p_search text, p_most integer, p_actor text)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  v_id uuid;
begin
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  update durable.saved_views v set search = p_search, created_by = p_actor, created_at = durable.durable_now()
    where v.workspace_id = p_workspace and v.screen = p_screen and v.name = p_name returning v.id into v_id;
  if not found then
    if (select count(*) from durable.saved_views v where v.workspace_id = p_workspace) >= p_most then
      return null;
    end if;
    v_id := p_id;
    insert into durable.saved_views (workspace_id, id, screen, name, search, created_by, created_at)
      values (p_workspace, v_id, p_screen, p_name, p_search, p_actor, durable.durable_now());
  end if;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'view.save', v_id::text, json_build_object('screen', p_screen, 'name', p_name)::text);
  return v_id;
end $function$
;

CREATE OR REPLACE FUNCTION durable.scalar_text(p_value jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case jsonb_typeof(p_value)
    when 'number' then 'n' || trim_scale((p_value #>> '{}')::numeric)::text
    when 'string' then 's' || (p_value #>> '{}')
    when 'boolean' then 'b' || (p_value #>> '{}')
    when 'null' then 'z'
  end
$function$
;

CREATE OR REPLACE FUNCTION durable.schedule_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$ select date_trunc('second', durable.durable_now()) $function$
;

CREATE OR REPLACE FUNCTION durable.set_alert_rule(p_workspace integer, p_kind text, p_enabled boolean, p_mute_s double precision, p_options jsonb, p_actor text, p_reason text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.alert_rules as r (workspace_id, kind, enabled, options, muted_until)
    values (p_workspace, p_kind, coalesce(p_enabled, true), jsonb_strip_nulls(coalesce(p_options, '{}'))::text,
      durable.durable_now() + p_mute_s * interval '1 second')
    on conflict (workspace_id, kind) do update
      set enabled = coalesce(p_enabled, r.enabled), options = jsonb_strip_nulls(r.options::jsonb || coalesce(p_options, '{}'))::text,
          muted_until = coalesce(excluded.muted_until, r.muted_until);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'alert.rule', p_kind,
      json_strip_nulls(json_build_object('enabled', p_enabled, 'mute_s', p_mute_s, 'options', p_options, 'reason', p_reason))::text);
end $function$
;

CREATE OR REPLACE FUNCTION durable.set_limit(p_workspace integer, p_actor text, p_limit uuid, p_count integer, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  v_name text;
begin
  perform 1 from durable.gatekeepers where workspace_id = p_workspace for update;
  update durable.limits l set set_to = p_count
    where l.workspace_id = p_workspace and l.id = p_limit and l.declared is not null and l.kind <> 'singleton' returning l.name into v_name;
  if not found then
    return false;
  end if;
  perform durable.reconsider_gates(p_workspace, array[p_limit]);
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'limit.set', v_name, json_build_object('to', p_count, 'reason', p_reason)::text);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.set_retention(p_workspace integer, p_actor text, p_days integer, p_reason text)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_before int;
begin
  select w.retention_days into v_before from durable.workspaces w where w.id = p_workspace for update;
  if v_before is null then
    return null;
  end if;
  update durable.workspaces w set retention_days = p_days where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'workspace.retention', 'workspace',
      json_strip_nulls(json_build_object('days', p_days, 'before', v_before, 'reason', p_reason))::text);
  return v_before;
end $function$
;

CREATE OR REPLACE FUNCTION durable.settle_by_hand(p_workspace integer, p_run uuid, p_step uuid, p_value text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('durable_hang_up', p_run || '/' || replace(t.step_id::text, '-', '') || ' ' || t.fence)
    from durable.tasks t where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step and t.status = 'running';
  perform durable.give_back(array[p_workspace], array[p_run], array[p_step]);
  perform durable.close_entries(array[p_workspace], array[p_run], array[p_step]);
  update durable.steps s set status = 'pending', settled_at = null
    where s.workspace_id = p_workspace and s.run_id = p_run and s.step_id = p_step;
  perform durable.settle_entries(array[p_workspace], array[p_run], array[p_step], array[p_value], array[null::uuid]);
end $function$
;

CREATE OR REPLACE FUNCTION durable.settle_child_ends(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  q_workspace int[]; q_run uuid[];
begin
  select array_agg(o.workspace_id), array_agg(o.run_id) into q_workspace, q_run
    from (select * from durable.child_ends order by workspace_id, run_id limit p_limit) as o;
  if q_run is null then
    return 0;
  end if;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (
      select c.parent_workspace_id, c.parent_run_id from unnest(q_workspace, q_run) as q(workspace, run)
      join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run)
    order by l.workspace_id, l.run_id for update;
  perform durable.settle_entries(array_agg(e.parent_workspace_id), array_agg(e.parent_run_id), array_agg(e.parent_step_id),
      array_agg(e.output), array_agg(null::uuid), array_agg(e.failure))
    from (
      select c.parent_workspace_id, c.parent_run_id, c.parent_step_id, r.output,
        case when r.id is null then durable.child_failure('ChildSkippedError', coalesce((
            select k.detail from durable.skips k where k.workspace_id = c.workspace_id and k.event_id = c.run_id order by k.id limit 1),
            'It became part of another run.'))
          when r.status = 'failed' then r.failure
          when r.status = 'cancelled' then durable.child_failure('ChildCancelledError',
            'Run ' || r.id || ' of "' || r.function_id || '" was cancelled.') end as failure
      from unnest(q_workspace, q_run) as q(workspace, run)
      join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run
      left join durable.runs r on r.workspace_id = q.workspace and r.id = q.run
      order by r.ended_at, c.run_id) as e having count(*) > 0;
  delete from durable.child_ends o using unnest(q_workspace, q_run) as q(workspace, run)
    where o.workspace_id = q.workspace and o.run_id = q.run;
  return cardinality(q_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.settle_entries(s_workspace integer[], s_run uuid[], s_step uuid[], s_value text[], s_event uuid[], s_failure text[] DEFAULT '{}'::text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_count int;
begin
  with entry as materialized (
    select e.*, row_number() over (partition by e.workspace, e.run order by e.no)::int as ordinal
    from unnest(s_workspace, s_run, s_step, s_value, s_event, s_failure) with ordinality
      as e(workspace, run, step, value, event, failure, no)
    where exists (select 1 from durable.steps t where t.workspace_id = e.workspace and t.run_id = e.run
                  and t.step_id = e.step and t.seq is null and t.status <> 'cancelled')
      and exists (select 1 from durable.live_runs l where l.workspace_id = e.workspace and l.run_id = e.run)
  ), per_run as (
    select workspace, run, count(*)::int as settled from entry group by 1, 2
  ), head as (
    update durable.live_runs l
      set journal_seq = l.journal_seq + p.settled,
          status = case when l.status = 'waiting' then 'queued' else l.status end,
          ready_rank = case when l.status = 'waiting' then v_rank else l.ready_rank end
      from per_run p where l.workspace_id = p.workspace and l.run_id = p.run
      returning l.workspace_id, l.run_id, l.journal_seq - p.settled as base, l.journal_seq, l.status, l.ready_rank
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id)
      select h.ready_rank, h.workspace_id, h.run_id from head h where h.status = 'queued' and h.ready_rank = v_rank
      on conflict do nothing
  ), done as (
    update durable.steps t
      set seq = h.base + e.ordinal, status = case when e.failure is null then 'ok' else 'err' end,
          value = e.value, failure = e.failure, event_id = e.event,
          settled_at = v_now
      from entry e join head h on h.workspace_id = e.workspace and h.run_id = e.run
      where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
  ), no_timer as (
    delete from durable.timers t using entry e where t.workspace_id = e.workspace and t.run_id = e.run and t.step_id = e.step
  ), no_wait as (
    delete from durable.waits w using entry e where w.workspace_id = e.workspace and w.run_id = e.run and w.step_id = e.step
  ), log as (
    insert into durable.changes (workspace_id, run_id, kind, journal_seq)
      select h.workspace_id, h.run_id, 'run.resolved', h.journal_seq from head h
  )
  select count(*) into v_count from entry;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.settle_matches(c_workspace integer[], c_run uuid[], c_step uuid[], c_key text[], c_event uuid[], c_failure text[] DEFAULT '{}'::text[], OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_row record;
  v_run uuid;
  v_used uuid[];   -- events this run took in this call
  v_done uuid[];   -- steps of it that are settled by it
  v_filled text[]; -- rows of it that are filled by it
  s_workspace int[] := '{}'; s_run uuid[] := '{}'; s_step uuid[] := '{}'; s_key text[] := '{}'; s_event uuid[] := '{}';
  s_failure text[] := '{}';
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(c_workspace, c_run))
    order by l.workspace_id, l.run_id for update;

  -- A cancel is final, so it comes first. One whose condition failed cancels nothing, and that is told.
  for v_row in
    select distinct on (w.workspace_id, w.run_id) w.workspace_id, w.run_id, e.name, coalesce(e.client_id, e.id::text) as id
    from unnest(c_workspace, c_run, c_step, c_key, c_event, c_failure) as c(workspace, run, step, key, event, failure)
    join durable.waits w on w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = c.step and w.key = c.key
    join durable.events e on e.workspace_id = c.workspace and e.id = c.event
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run and r.event_id <> c.event
    where w.mode = 'cancel' and c.failure is null
    order by w.workspace_id, w.run_id, e.received_at, e.id
  loop
    case durable.cancel_run(v_row.workspace_id, v_row.run_id, 'cancelOn',
        'event "' || v_row.name || '" (' || v_row.id || ')')
      when 'cancelled' then
        o_cancelled_workspace := o_cancelled_workspace || v_row.workspace_id;
        o_cancelled_run := o_cancelled_run || v_row.run_id;
      when 'cancelling' then o_resolved := o_resolved + 1;  -- ready, to undo its steps
      else null;
    end case;
  end loop;
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, at)
    select c.workspace, durable.uuid_v7(), c.event, r.function_id, 'cancel-on',
      'Run ' || c.run || ' was not cancelled by it. ' || (c.failure::json ->> 'message'), durable.durable_now()
    from unnest(c_workspace, c_run, c_step, c_key, c_event, c_failure) as c(workspace, run, step, key, event, failure)
    join durable.waits w on w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = c.step and w.key = c.key
    join durable.events e on e.workspace_id = c.workspace and e.id = c.event
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run and r.event_id <> c.event
    where w.mode = 'cancel' and c.failure is not null
      and (w.looked_back or (e.received_at, e.id) <= (w.looked_at, w.looked_id));

  for v_row in
    select w.workspace_id, w.run_id, w.step_id, w.key, w.mode, c.event, c.failure
    from unnest(c_workspace, c_run, c_step, c_key, c_event, c_failure) as c(workspace, run, step, key, event, failure)
    join durable.waits w on w.workspace_id = c.workspace and w.run_id = c.run and w.step_id = c.step and w.key = c.key
    join durable.events e on e.workspace_id = c.workspace and e.id = c.event
    join durable.runs r on r.workspace_id = c.workspace and r.id = c.run and r.event_id <> c.event
    where w.mode <> 'cancel' and w.event_id is null
      and (w.looked_back or (e.received_at, e.id) <= (w.looked_at, w.looked_id))
      and not exists (select 1 from durable.taken_events t
                      where t.workspace_id = c.workspace and t.run_id = c.run and t.event_id = c.event)
    order by w.workspace_id, w.run_id, e.received_at, e.id, w.ordinal
  loop
    if v_run is distinct from v_row.run_id then
      v_run := v_row.run_id;
      v_used := '{}'; v_done := '{}'; v_filled := '{}';
    end if;
    continue when v_row.event = any (v_used) or v_row.step_id = any (v_done)
      or v_row.mode = 'all' and v_row.step_id || v_row.key = any (v_filled);
    if v_row.mode = 'all' and v_row.failure is null then
      v_filled := v_filled || (v_row.step_id || v_row.key);
    else
      v_done := v_done || v_row.step_id;
    end if;
    if v_row.failure is null then
      v_used := v_used || v_row.event;
    end if;
    s_workspace := s_workspace || v_row.workspace_id;
    s_run := s_run || v_row.run_id;
    s_step := s_step || v_row.step_id;
    s_key := s_key || v_row.key;
    s_event := s_event || v_row.event;
    s_failure := array_append(s_failure, v_row.failure);
  end loop;
  if cardinality(s_run) = 0 then
    return;
  end if;

  insert into durable.taken_events (workspace_id, run_id, event_id)
    select s.workspace, s.run, s.event from unnest(s_workspace, s_run, s_event, s_failure) as s(workspace, run, event, failure)
    where s.failure is null on conflict do nothing;
  update durable.waits w set event_id = s.event, looked_back = true
    from unnest(s_workspace, s_run, s_step, s_key, s_event, s_failure) as s(workspace, run, step, key, event, failure)
    where s.failure is null and w.mode = 'all'
      and w.workspace_id = s.workspace and w.run_id = s.run and w.step_id = s.step and w.key = s.key;
  -- An `all` is settled by the event that filled its last row.
  select o_resolved + coalesce(durable.settle_entries(array_agg(f.workspace order by f.no), array_agg(f.run order by f.no),
      array_agg(f.step order by f.no), array_agg(f.value order by f.no), array_agg(f.event order by f.no),
      array_agg(f.failure order by f.no)), 0)
    into o_resolved
    from (
      select distinct on (s.workspace, s.run, s.step) s.no, s.workspace, s.run, s.step, s.failure,
        case when s.failure is null then s.event end as event,
        case when s.failure is not null then null
          when w.mode = 'all' then (
            select '{' || string_agg(to_json(o.key)::text || ':' || durable.event_json(oe), ',' order by o.ordinal) || '}'
            from durable.waits o join durable.events oe on oe.workspace_id = o.workspace_id and oe.id = o.event_id
            where o.workspace_id = s.workspace and o.run_id = s.run and o.step_id = s.step)
          else durable.wait_value(w.mode, w.key, e) end as value
      from unnest(s_workspace, s_run, s_step, s_key, s_event, s_failure) with ordinality
        as s(workspace, run, step, key, event, failure, no)
      join durable.waits w on w.workspace_id = s.workspace and w.run_id = s.run and w.step_id = s.step and w.key = s.key
      join durable.events e on e.workspace_id = s.workspace and e.id = s.event
      where s.failure is not null or w.mode <> 'all' or not exists (
        select 1 from durable.waits o where o.workspace_id = s.workspace and o.run_id = s.run and o.step_id = s.step
          and o.event_id is null)
      order by s.workspace, s.run, s.step, s.no desc
    ) as f;
end $function$
;

CREATE OR REPLACE FUNCTION durable.settle_past(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_looks integer, p_event uuid, p_count integer, c_step uuid[], c_key text[], c_event uuid[], c_failure text[], OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  update durable.waits w
    set looked_at = e.received_at, looked_id = e.id, looked_count = w.looked_count + p_count
    from durable.events e
    where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key
      and not w.looked_back and w.looks = p_looks and e.workspace_id = p_workspace and e.id = p_event;
  if not found then
    return;
  end if;
  select m.* into o_resolved, o_cancelled_workspace, o_cancelled_run
    from durable.settle_matches(array_fill(p_workspace, array[cardinality(c_step)]), array_fill(p_run, array[cardinality(c_step)]),
      c_step, c_key, c_event, c_failure) as m;
end $function$
;

CREATE OR REPLACE FUNCTION durable.settle_ticks(s_workspace integer[], s_id text[], s_revision integer[], s_next double precision[], s_tick double precision[], s_run uuid[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_moved int[];
begin
  v_moved := array(
    select q.no from unnest(s_workspace, s_id, s_revision) with ordinality as q(workspace, id, revision, no)
    join durable.schedules s on s.workspace_id = q.workspace and s.id = q.id and s.revision = q.revision
    order by s.workspace_id, s.id for update of s);
  update durable.schedules s
    set owed = '{}', next_at = to_timestamp(s_next[q.no]), revision = s.revision + 1, last_tick_at = to_timestamp(s_tick[q.no]),
        last_run_id = coalesce(
          (select r.id from durable.runs r where r.workspace_id = s.workspace_id and r.id = s_run[q.no]), s.last_run_id)
    from unnest(v_moved) as q(no) where s.workspace_id = s_workspace[q.no] and s.id = s_id[q.no];
  return cardinality(v_moved);
end $function$
;

CREATE OR REPLACE FUNCTION durable.shape_runs(s_workspace integer[], s_event uuid[], s_bytes integer[], s_new boolean[], s_function text[], s_run uuid[], s_shapes text[], s_begin timestamp with time zone[], s_cause text[], OUT o_born boolean[], OUT o_begin timestamp with time zone[], OUT o_cause text[], OUT o_event uuid[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  c_later_max constant interval := '366 days';
  v_now constant timestamptz := durable.durable_now();
  v_shapes jsonb;
  v_spec jsonb;     -- of the shape at hand
  v_facts jsonb;
  k durable.shape_keys;
  v_at int;         -- the run that collects, when it is born in this call
  v_taken boolean;
  v_full boolean;
  v_not_before timestamptz;
  v_begin timestamptz;
  v_slot timestamptz;
  v_starts timestamptz[];
  v_until timestamptz;
  v_pause float8;
  v_replaced uuid;
begin
  o_born := array_fill(null::boolean, array[cardinality(s_run)]);
  o_event := array_fill(null::uuid, array[cardinality(s_run)]);
  o_begin := case when s_begin = '{}' then array_fill(null::timestamptz, array[cardinality(s_run)]) else s_begin end;
  o_cause := case when s_cause = '{}' then array_fill(null::text, array[cardinality(s_run)]) else s_cause end;

  -- All keys in order, for the length of the commit. A statement has one time, that of its beginning, and may have waited
  -- since; so a key's time is that of the latest that came to it (touched_at), and what it remembers is held against that.
  insert into durable.shape_keys as s (workspace_id, id, function_id, kind, key, touched_at)
    select distinct on (s_workspace[q], (e.spec ->> 'id')::uuid) s_workspace[q], (e.spec ->> 'id')::uuid, s_function[q], e.kind, e.spec ->> 'key', v_now
    from generate_subscripts(s_run, 1) as q cross join lateral jsonb_each(s_shapes[q]::jsonb) as e(kind, spec)
    where s_new[q] and s_shapes[q] is not null
    order by 1, 2
    on conflict (workspace_id, id) do update set touched_at = greatest(s.touched_at, excluded.touched_at);

  for q in 1 .. cardinality(s_run) loop
    continue when s_shapes[q] is null or not s_new[q];
    v_shapes := s_shapes[q]::jsonb;
    v_not_before := o_begin[q];

    v_spec := v_shapes -> 'idempotency';
    if v_spec is not null then
      select * into k from durable.shape_keys where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
      if k.until > k.touched_at then
        o_born[q] := false;
        perform durable.skip_event(s_workspace[q], s_event[q], s_function[q], 'duplicate', k.run_id,
          jsonb_build_object('key', v_spec ->> 'key', 'until', durable.rfc3339(k.until)),
          'Run ' || k.run_id || ' of "' || s_function[q] || '" was started for the same idempotency key (' || (v_spec ->> 'key')
            || '), which starts no other until ' || durable.rfc3339(k.until) || '.');
        continue;
      end if;
    end if;

    v_spec := coalesce(v_shapes -> 'batch', v_shapes -> 'debounce');
    if v_spec ->> 'edge' = 'leading' then
      select * into k from durable.shape_keys where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
      if k.until > k.touched_at then
        o_born[q] := false;
        v_until := least(durable.after_ms(k.touched_at, (v_spec ->> 'quiet_ms')::float8), durable.after_ms(k.since, (v_spec ->> 'max_ms')::float8));
        update durable.shape_keys set until = v_until where workspace_id = k.workspace_id and id = k.id;
        perform durable.skip_event(s_workspace[q], s_event[q], s_function[q], 'debounced', k.run_id,
          jsonb_build_object('key', v_spec ->> 'key', 'until', durable.rfc3339(v_until)),
          'Run ' || k.run_id || ' was started by the first event of this time; what follows starts none until ' || durable.rfc3339(v_until)
            || ', or longer if more follow.');
        perform durable.mark_idempotency(s_workspace[q], v_shapes, k.run_id);
        continue;
      end if;
    elsif v_spec is not null then
      select * into k from durable.shape_keys where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
      v_at := array_position(s_run, k.run_id);
      v_taken := k.run_id is not null and (v_at is not null or exists (
        select 1 from durable.timers t where t.workspace_id = k.workspace_id and t.run_id = k.run_id
          and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin' for update skip locked));
      if v_taken and v_shapes ? 'batch' and k.bytes + s_bytes[q] > (v_spec ->> 'bytes')::int then
        -- It has no room for this one: it begins, and the event starts the next.
        v_begin := greatest(v_now, k.not_before);
        if v_at is null then
          perform durable.move_begin(k.workspace_id, k.run_id, v_begin);
        else
          o_begin[v_at] := nullif(v_begin, v_now);
        end if;
        update durable.shape_keys set run_id = null where workspace_id = k.workspace_id and id = k.id;
        v_taken := false;
      end if;
      if v_taken then
        o_born[q] := false;
        v_full := v_shapes ? 'batch' and (k.events + 1 >= (v_spec ->> 'size')::int or k.bytes + s_bytes[q] >= (v_spec ->> 'bytes')::int);
        v_not_before := greatest(k.not_before, v_not_before);
        v_begin := greatest(v_not_before, case when v_full then v_now else durable.begin_of(v_spec, k.since, k.touched_at) end);
        insert into durable.collected_events (workspace_id, run_id, no, event_id) values (k.workspace_id, k.run_id, k.events + 1, s_event[q]);
        update durable.shape_keys set events = k.events + 1, bytes = k.bytes + s_bytes[q], not_before = v_not_before,
            run_id = case when not v_full then k.run_id end
          where workspace_id = k.workspace_id and id = k.id;
        v_replaced := s_event[q];
        if v_at is not null then
          if not v_shapes ? 'batch' then
            v_replaced := coalesce(o_event[v_at], s_event[v_at]);
            o_event[v_at] := s_event[q];
          end if;
          o_begin[v_at] := nullif(v_begin, v_now);
        else
          if not v_shapes ? 'batch' then
            select r.event_id into v_replaced from durable.runs r where r.workspace_id = k.workspace_id and r.id = k.run_id;
            update durable.runs r set event_id = s_event[q] where r.workspace_id = k.workspace_id and r.id = k.run_id;
          end if;
          perform durable.move_begin(k.workspace_id, k.run_id, v_begin);
        end if;
        v_facts := jsonb_build_object('key', v_spec ->> 'key', 'no', k.events + 1, 'until', durable.rfc3339(v_begin));
        if v_shapes ? 'batch' then
          perform durable.skip_event(s_workspace[q], s_event[q], s_function[q], 'batched', k.run_id, v_facts,
            'It is event ' || k.events + 1 || ' of the batch that run ' || k.run_id || ' handles.');
        else
          perform durable.skip_event(s_workspace[q], v_replaced, s_function[q], 'debounced', k.run_id, v_facts - 'no',
            'Run ' || k.run_id || ' handles an event instead that came soon after it.');
        end if;
        perform durable.mark_idempotency(s_workspace[q], v_shapes, k.run_id);
        continue;
      end if;
    end if;

    -- It would start a run.
    v_spec := v_shapes -> 'rate-limit';
    if v_spec is not null then
      select * into k from durable.shape_keys where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
      v_starts := null;
      v_until := null;
      if v_spec ? 'burst' then
        v_pause := (v_spec ->> 'ms')::float8 / (v_spec ->> 'limit')::int;
        v_slot := greatest(k.touched_at, durable.after_ms(k.until, -v_pause * ((v_spec ->> 'burst')::int - 1)));
        v_until := durable.after_ms(greatest(k.until, k.touched_at), v_pause);
      else
        v_starts := array(select s from unnest(k.starts) with ordinality as u(s, no)
          where durable.after_ms(s, (v_spec ->> 'ms')::float8) > k.touched_at order by no);
        v_slot := greatest(k.touched_at, durable.after_ms(v_starts[cardinality(v_starts) - (v_spec ->> 'limit')::int + 1], (v_spec ->> 'ms')::float8));
        v_starts := v_starts || v_slot;
        v_until := durable.after_ms(v_slot, (v_spec ->> 'ms')::float8);
      end if;
      if v_slot > k.touched_at and ((v_spec ->> 'delay')::boolean is not true or v_slot > v_now + c_later_max) then
        o_born[q] := false;
        perform durable.skip_event(s_workspace[q], s_event[q], s_function[q], 'rate-limited', null,
          jsonb_build_object('key', v_spec ->> 'key', 'limit', v_spec -> 'limit', 'period_ms', v_spec -> 'ms', 'until', durable.rfc3339(v_slot)),
          'The rate limit of "' || s_function[q] || '"' || coalesce(' for ' || (v_spec ->> 'key'), '') || ' is used up: the next start is possible at '
            || durable.rfc3339(v_slot) || '.');
        continue;
      end if;
      if v_slot > k.touched_at and v_slot > coalesce(v_not_before, v_now) then
        v_not_before := v_slot;
        o_cause[q] := 'rate-limit';
      end if;
    end if;

    v_spec := v_shapes -> 'singleton';
    if v_spec is not null then
      select * into k from durable.shape_keys where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
      if k.run_id = any (s_run) or exists (
          select 1 from durable.live_runs l where l.workspace_id = k.workspace_id and l.run_id = k.run_id) then
        if v_spec ->> 'mode' = 'skip' then
          o_born[q] := false;
          perform durable.skip_event(s_workspace[q], s_event[q], s_function[q], 'singleton', k.run_id,
            jsonb_build_object('key', v_spec ->> 'key'),
            'Run ' || k.run_id || ' of "' || s_function[q] || '" has not ended, and holds the singleton'
              || coalesce(' for ' || (v_spec ->> 'key'), '') || '.');
          continue;
        end if;
        insert into durable.cascades (workspace_id, run_id, reason)
          values (k.workspace_id, k.run_id, 'run ' || s_run[q] || ' has taken over the singleton') on conflict do nothing;
      end if;
      update durable.shape_keys set run_id = s_run[q] where workspace_id = k.workspace_id and id = k.id;
    end if;

    -- It does.
    if v_shapes ? 'rate-limit' then
      update durable.shape_keys set starts = v_starts, until = v_until
        where workspace_id = s_workspace[q] and id = (v_shapes -> 'rate-limit' ->> 'id')::uuid;
    end if;
    o_begin[q] := v_not_before;
    v_spec := coalesce(v_shapes -> 'batch', v_shapes -> 'debounce');
    if v_spec ->> 'edge' = 'leading' then
      update durable.shape_keys set run_id = s_run[q], since = v_now,
          until = least(durable.after_ms(v_now, (v_spec ->> 'quiet_ms')::float8), durable.after_ms(v_now, (v_spec ->> 'max_ms')::float8))
        where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
    elsif v_spec is not null then
      v_full := v_shapes ? 'batch' and s_bytes[q] >= (v_spec ->> 'bytes')::int;
      v_begin := greatest(v_not_before, case when v_full then v_now else durable.begin_of(v_spec, v_now, v_now) end);
      o_begin[q] := nullif(v_begin, v_now);
      o_cause[q] := case when v_shapes ? 'batch' then 'batch' else 'debounce' end;
      insert into durable.collected_events (workspace_id, run_id, no, event_id) values (s_workspace[q], s_run[q], 1, s_event[q]);
      update durable.shape_keys set run_id = case when not v_full then s_run[q] end, since = v_now, events = 1, bytes = s_bytes[q],
          not_before = v_not_before
        where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
    end if;
    perform durable.mark_idempotency(s_workspace[q], v_shapes, s_run[q]);
  end loop;

  -- A commit has set the time limits of its sent events' runs before.
  delete from durable.timers t using generate_subscripts(s_run, 1) as q
    where o_born[q] = false and t.workspace_id = s_workspace[q] and t.run_id = s_run[q];
  perform durable.tell_of_skips(array_agg(s_workspace[q]), array_agg(s_run[q])) from generate_subscripts(s_run, 1) as q
    where o_born[q] = false having count(*) > 0;
end $function$
;

CREATE OR REPLACE FUNCTION durable.show_rerun(p_workspace integer, p_run uuid, p_cut integer)
 RETURNS json
 LANGUAGE sql
 STABLE
AS $function$
  select json_build_object(
    'again', (select coalesce(json_agg(json_build_object('id', replace(s.step_id::text, '-', ''), 'op', s.op, 'name', s.name, 'n', s.n)
        order by s.seq), '[]')
      from (select * from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run and s.seq > p_cut
              and s.op <> 'compensate' order by s.seq limit 100) as s),
    'anew', (select coalesce(json_agg(json_build_object('id', replace(s.step_id::text, '-', ''), 'op', s.op, 'name', s.name, 'n', s.n)
        order by s.name, s.n), '[]')
      from (select * from durable.steps s where s.workspace_id = p_workspace and s.run_id = p_run and s.seq is null
              and s.op <> 'compensate' and s.step_id not in (select durable.lost_entries(p_workspace, p_run, p_cut))
            order by s.name, s.n limit 100) as s))
$function$
;

CREATE OR REPLACE FUNCTION durable.shown_status(p_live live_runs)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$ select case when p_live.status = 'paused' then 'paused' else coalesce(p_live.ending, p_live.status) end $function$
;

CREATE OR REPLACE FUNCTION durable.since_first_attempt_ms(p_workspace integer, p_run uuid, p_step uuid, p_resumed_after integer)
 RETURNS double precision
 LANGUAGE sql
 STABLE
AS $function$
  select extract(epoch from durable.durable_now() - min(a.committed_at) + coalesce(min(a.received_at - a.sent_at), '0'))::float8 * 1000
  from durable.attempts a
  where a.workspace_id = p_workspace and a.run_id = p_run and a.step_id = p_step
    and a.attempt = coalesce(p_resumed_after, 0) + 1 and a.outcome = 'failed'
$function$
;

CREATE OR REPLACE FUNCTION durable.skip_event(p_workspace integer, p_event uuid, p_function text, p_reason text, p_run uuid, p_facts jsonb, p_detail text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, run_id, facts, at)
    values (p_workspace, durable.new_id(), p_event, p_function, p_reason, p_detail, p_run, jsonb_strip_nulls(p_facts)::text, durable.durable_now());
end $function$
;

CREATE OR REPLACE FUNCTION durable.start_on_failure(p_workspace integer[], p_run uuid[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_workspace int[]; v_function text[]; v_version int[]; v_data text[]; v_depth int[]; v_failed uuid[];
  v_id uuid[]; v_trace text[];
  v_count int;
begin
  select array_agg(r.workspace_id), array_agg(h.id), array_agg(h.version), array_agg(r.id), array_agg(coalesce(c.depth, 0) + 1),
      array_agg(durable.new_id()),
      array_agg('{"run":{"id":"' || r.id || '","started_at":"' || durable.rfc3339(durable.time_of_id(r.id)) || '"},"function":'
        || to_json(r.function_id)::text || ',"event":' || durable.event_json(e) || ',"error":' || coalesce(r.failure, 'null') || ',"step":'
        || durable.failed_step(r) || '}'), array_agg(durable.run_traceparent(r, e))
    into v_workspace, v_function, v_version, v_failed, v_depth, v_id, v_data, v_trace
    from unnest(p_workspace, p_run) as p(workspace, run)
    join durable.runs r on r.workspace_id = p.workspace and r.id = p.run and r.status = 'failed'
    join durable.functions f on f.workspace_id = r.workspace_id and f.id = r.function_id
    join durable.functions h on h.workspace_id = r.workspace_id and h.id = f.manifest::json ->> 'on_failure' and h.removed_at is null
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    left join durable.children c on c.workspace_id = r.workspace_id and c.run_id = r.id
    where c.kind is distinct from 'on-failure';
  if v_id is null then
    return;
  end if;
  v_count := cardinality(v_id);
  insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select h.workspace, h.id, h.workspace, h.failed, '00000000-0000-0000-0000-000000000000', 'on-failure', 'abandon', h.depth
    from unnest(v_workspace, v_id, v_failed, v_depth) as h(workspace, id, failed, depth);
  perform durable.accept_events(null, '{}', '{}', array_fill(1, array[v_count]), v_workspace, v_id,
    array_fill(null::text, array[v_count]), array_fill(null::uuid, array[v_count]),
    array_fill('durable.on-failure'::text, array[v_count]), v_data, array_fill(null::float8, array[v_count]),
    (select array_agg(n) from generate_series(1, v_count) as n), v_function, v_version, v_id,
    array_fill(null::uuid, array[v_count]), e_trace => v_trace);
end $function$
;

CREATE OR REPLACE FUNCTION durable.start_once(p_workspace integer, p_run uuid, p_step uuid, p_fence uuid)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_started uuid;
begin
  select t.started into v_started from durable.tasks t
    where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step and t.fence = p_fence
      and t.kind = 'once' and t.status = 'running'
    for update;
  if not found then
    return 'gone';
  end if;
  if v_started <> p_fence then
    return 'interrupted';
  end if;
  update durable.tasks t set started = p_fence
    where t.workspace_id = p_workspace and t.run_id = p_run and t.step_id = p_step and t.started is null;
  return 'started';
end $function$
;

CREATE OR REPLACE FUNCTION durable.steer_bulk(p_workspace integer, p_bulk uuid, p_actor text, p_do text, p_reason text, OUT o_done boolean, OUT o_status text)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.stems_from(p_workspace integer, p_run uuid, p_prefix text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  with recursive line(workspace, run) as (
    select p_workspace, p_run union all
    select c.parent_workspace_id, c.parent_run_id from line
    join durable.children c on c.workspace_id = line.workspace and c.run_id = line.run
  )
  select exists (
    select 1 from line join durable.runs r on r.workspace_id = line.workspace and r.id = line.run
    join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
    where starts_with(e.name, p_prefix))
$function$
;

CREATE OR REPLACE FUNCTION durable.step_of(p_child children)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$ select case when p_child.kind <> 'on-failure' then replace(p_child.parent_step_id::text, '-', '') end $function$
;

CREATE OR REPLACE FUNCTION durable.step_of_failure(p_failure text)
 RETURNS uuid
 LANGUAGE sql
 STABLE
AS $function$
  select case when p_failure::json ->> 'step' ~ '^[0-9a-f]{32}$' then (p_failure::json ->> 'step')::uuid end
$function$
;

CREATE OR REPLACE FUNCTION durable.stuck_runs(p_workspace integer, p_options jsonb)
 RETURNS TABLE(run_id uuid, why text)
 LANGUAGE sql
 STABLE
AS $function$
  select q.id, 'paused' from (
    select r.id, r.pause_reason from durable.runs r where r.workspace_id = p_workspace and r.pause_reason is not null and r.status is null limit 10000) as q
    where q.pause_reason::json ->> 'name' <> 'Paused'
  union all
  select q.run_id, 'retrying' from (
    select t.run_id, t.step_id from durable.timers t where t.workspace_id = p_workspace and t.kind = 'retry' limit 10000) as q
    left join durable.steps s on s.workspace_id = p_workspace and s.run_id = q.run_id and s.step_id = q.step_id
    where durable.since_first_attempt_ms(p_workspace, q.run_id, q.step_id, s.resumed_after) > (p_options ->> 'retrying_s')::float8 * 1000
  union all
  select distinct w.run_id, 'waiting' from durable.waits w
    join durable.steps s on s.workspace_id = w.workspace_id and s.run_id = w.run_id and s.step_id = w.step_id
    where (p_options ->> 'waiting_s')::float8 > 0 and w.workspace_id = p_workspace
      and s.seq is null and s.committed_at < durable.durable_now() - durable.in_seconds(p_options, 'waiting_s')
$function$
;

CREATE OR REPLACE FUNCTION durable.sweep_deliveries(p_limit integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  delete from durable.webhook_deliveries d where d.ctid = any (array(
    select o.ctid from durable.webhook_deliveries o where o.ended_at < durable.durable_now() - interval '7 days' order by o.ended_at limit p_limit))
$function$
;

CREATE OR REPLACE FUNCTION durable.sweep_dropped(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_part durable.partitions;
  v_from uuid;
  v_to uuid;
  v_table text;
  v_count int;
  v_gone int := 0;
  v_workspace int[]; v_client text[];
begin
  select * into v_part from durable.partitions p where p.state = 'dropped' order by p.no limit 1 for update skip locked;
  if not found then
    return null;
  end if;
  v_from := durable.first_id(v_part.from_at);
  v_to := durable.first_id(v_part.to_at);
  foreach v_table in array durable.tables_of_runs() loop
    execute format($q$
      delete from durable.%I t where t.ctid = any (array(
        select x.ctid from durable.workspaces w cross join lateral (
          select x.ctid from durable.%1$I x where x.workspace_id = w.id and x.run_id >= $1 and x.run_id < $2
            and not exists (select 1 from durable.runs r where r.workspace_id = w.id and r.id = x.run_id) limit $3) as x limit $3)) $q$, v_table)
      using v_from, v_to, p_limit - v_gone;
    get diagnostics v_count = row_count;
    v_gone := v_gone + v_count;
  end loop;
  delete from durable.skips t where t.ctid = any (array(
    select x.ctid from durable.workspaces w cross join lateral (
      select x.ctid from durable.skips x where x.workspace_id = w.id and x.event_id >= v_from and x.event_id < v_to
        and not exists (select 1 from durable.events e where e.workspace_id = w.id and e.id = x.event_id) limit p_limit - v_gone) as x limit p_limit - v_gone));
  get diagnostics v_count = row_count;
  v_gone := v_gone + v_count;
  select array_agg(k.workspace_id order by k.workspace_id, k.client_id), array_agg(k.client_id order by k.workspace_id, k.client_id)
    into v_workspace, v_client from (
      select i.workspace_id, i.client_id from durable.event_ids i
      where (i.workspace_id, i.client_id) > (v_part.walked_workspace, v_part.walked_id)
      order by i.workspace_id, i.client_id limit 10 * p_limit) as k;
  delete from durable.event_ids i using unnest(v_workspace, v_client) as k(workspace, client)
    where i.workspace_id = k.workspace and i.client_id = k.client and i.event_id >= v_from and i.event_id < v_to
      and not exists (select 1 from durable.events e where e.workspace_id = i.workspace_id and e.id = i.event_id);
  get diagnostics v_count = row_count;
  v_gone := v_gone + v_count;
  v_count := coalesce(cardinality(v_client), 0);
  if v_gone = 0 and v_count < 10 * p_limit then
    update durable.partitions p set state = 'swept', swept_at = durable.durable_now(), walked_id = '' where p.no = v_part.no;
  elsif v_count > 0 then
    update durable.partitions p set walked_workspace = v_workspace[v_count], walked_id = v_client[v_count] where p.no = v_part.no;
  end if;
  return v_gone;
end $function$
;

CREATE OR REPLACE FUNCTION durable.sweep_gates(p_days integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_workspace int;
  v_count int := 0;
  v_swept int;
begin
  if not pg_try_advisory_xact_lock(7303, 1) then
    return 0;
  end if;
  perform set_config('enable_hashjoin', 'on', true), set_config('enable_seqscan', 'on', true);
  for v_workspace in select k.workspace_id from durable.gatekeepers k order by 1 loop
    with idle as materialized (
      select g.id from durable.gates g
      where g.workspace_id = v_workspace and g.touched_on < current_date - p_days and g.used = 0 and g.parked = 0
        and g.opens_at < durable.durable_now()
    ), needed as materialized (
      select distinct unnest(l.run_gates || l.step_gates) as id from durable.live_runs l
      where l.workspace_id = v_workspace and (l.run_gates is not null or l.step_gates is not null)
        and exists (select 1 from idle)
    )
    delete from durable.gates g using idle i
      where g.workspace_id = v_workspace and g.id = i.id and g.touched_on < current_date - p_days and g.used = 0 and g.parked = 0
        and not exists (select 1 from needed n where n.id = g.id)
        and not exists (select 1 from durable.gate_notes n where n.workspace_id = v_workspace and n.gate_id = g.id);
    get diagnostics v_swept = row_count;
    v_count := v_count + v_swept;
  end loop;
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.sweep_shapes(p_days integer)
 RETURNS integer
 LANGUAGE sql
AS $function$
  with gone as (
    delete from durable.shape_keys k
      where k.touched_at < durable.durable_now() - p_days * interval '1 day' and coalesce(k.until, '-infinity') < durable.durable_now()
        and (k.kind not in ('singleton', 'debounce', 'batch') or k.run_id is null or not exists (
          select 1 from durable.live_runs l where l.workspace_id = k.workspace_id and l.run_id = k.run_id))
      returning 1)
  select count(*)::int from gone
$function$
;

CREATE OR REPLACE FUNCTION durable.sweep_tenants(p_days integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_count int;
begin
  with gone as (
    delete from durable.tenants t where t.touched_on < current_date - p_days
      and not exists (select 1 from durable.live_runs l where l.workspace_id = t.workspace_id and l.tenant = t.id)
      returning t.workspace_id, t.id
  )
  select count(*) into v_count from gone;
  delete from durable.virtual_times v
    where not exists (select 1 from durable.tenants t where t.workspace_id = v.workspace_id and v.id in (t.id, t.queue_id));
  return v_count;
end $function$
;

CREATE OR REPLACE FUNCTION durable.sweep_workspace(p_limit integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_now timestamptz := durable.durable_now();
  v_workspace durable.workspaces;
  v_walk durable.retention_walks;
  v_cutoff timestamptz;
  v_to uuid;
  v_run uuid[]; v_ended uuid[];
  v_event uuid[]; v_old uuid[];
  v_needed uuid[];
  v_zero constant uuid := '00000000-0000-0000-0000-000000000000';
  v_is_last boolean;
begin
  if not pg_try_advisory_xact_lock(7302, 1) then
    return null;
  end if;
  insert into durable.retention_walks (workspace_id, run_id, event_id, runs, events)
    select w.id, v_zero, v_zero, 0, 0 from durable.workspaces w
    where not exists (select 1 from durable.retention_walks k where k.workspace_id = w.id) on conflict do nothing;
  select * into v_walk from durable.retention_walks k
    where k.walked_at is null or k.walked_at < clock_timestamp() - interval '1 minute' or k.run_id <> v_zero or k.event_id <> v_zero
    order by k.walked_at nulls first, k.workspace_id limit 1 for update;
  if not found then
    return null;
  end if;
  select * into v_workspace from durable.workspaces w where w.id = v_walk.workspace_id;
  v_cutoff := v_now - v_workspace.retention_days * interval '1 day';
  v_to := durable.first_id(case when v_workspace.retention_days * interval '1 day' < durable.longest_retention() then v_cutoff
    else least(v_cutoff, (select min(p.from_at) from durable.partitions p where p.state = 'open')) end);

  select coalesce(array_agg(q.id order by q.id), '{}'), coalesce(array_agg(q.id) filter (where q.ended_at < v_cutoff), '{}')
    into v_run, v_ended from (
      select r.id, r.ended_at from durable.runs r where r.workspace_id = v_walk.workspace_id and r.id > v_walk.run_id and r.id < v_to
      order by r.id limit p_limit) as q;
  v_walk.runs := v_walk.runs + durable.delete_runs(v_walk.workspace_id, v_ended);

  select coalesce(array_agg(q.id order by q.id), '{}'), coalesce(array_agg(q.id) filter (where q.received_at < v_cutoff), '{}')
    into v_event, v_old from (
      select e.id, e.received_at from durable.events e where e.workspace_id = v_walk.workspace_id and e.id > v_walk.event_id and e.id < v_to
      order by e.id limit p_limit) as q;
  -- Reruns stand anywhere and keep the event of their origin; they are few, and have an index of their own.
  if cardinality(v_old) > 0 then
    v_needed := array(select r.event_id from durable.runs r where r.workspace_id = v_walk.workspace_id and r.origin_run_id is not null
      and r.event_id between v_event[1] and v_event[cardinality(v_event)]);
    v_walk.events := v_walk.events + durable.delete_events(v_walk.workspace_id, array(
      select o from unnest(v_old) as o where o <> all (v_needed) and not durable.is_event_needed(v_walk.workspace_id, o)));
  end if;

  v_is_last := cardinality(v_run) < p_limit and cardinality(v_event) < p_limit;
  update durable.retention_walks k
    set run_id = case when v_is_last then v_zero else coalesce(v_run[cardinality(v_run)], v_walk.run_id) end,
        event_id = case when v_is_last then v_zero else coalesce(v_event[cardinality(v_event)], v_walk.event_id) end,
        runs = v_walk.runs, events = v_walk.events, walked_at = case when v_is_last then clock_timestamp() else k.walked_at end
    where k.workspace_id = v_walk.workspace_id;
  return cardinality(v_run) + cardinality(v_event);
end $function$
;

CREATE OR REPLACE FUNCTION durable.sync_app(p_workspace integer, p_actor text, p_url text, p_sdk text, p_capabilities text[], p_max_duration_ms integer, p_deployment text, p_digest text, f_id text[], f_manifest text[], l_id uuid[], l_name text[], l_function text[], l_kind text[], l_count integer[], l_period_ms double precision[], l_burst integer[], c_id text[], c_function text[], c_cron text[], c_tz text[], c_jitter_ms double precision[], c_catch_up text[], c_overlap text[], c_data text[], c_condition text[])
 RETURNS TABLE(function_id text, version integer, change text)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_same boolean;
  v_id text[]; v_version int[]; v_change text[]; v_manifest text[];
  v_changes text;
begin
  -- Two syncs of one workspace apply one after the other, or their removals would undo each other's additions.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  if not found then
    raise exception 'there is no workspace %', p_workspace;
  end if;

  select (e.url, e.sdk, e.capabilities, e.max_duration_ms, e.deployment)
      is not distinct from (p_url, p_sdk, p_capabilities, p_max_duration_ms, p_deployment)
    into v_same from durable.endpoints e where e.workspace_id = p_workspace;
  insert into durable.endpoints (workspace_id, url, sdk, capabilities, max_duration_ms, deployment, manifest_digest)
    values (p_workspace, p_url, p_sdk, p_capabilities, p_max_duration_ms, p_deployment, p_digest)
    on conflict (workspace_id) do update
      set url = excluded.url, sdk = excluded.sdk, capabilities = excluded.capabilities,
          max_duration_ms = excluded.max_duration_ms, deployment = excluded.deployment,
          manifest_digest = excluded.manifest_digest, synced_at = clock_timestamp();

  perform durable.note_deployed(p_workspace, p_deployment, p_url, p_max_duration_ms, p_capabilities, p_digest);

  -- It has just answered: its frozen runs need not wait for a probe.
  perform durable.end_probe(p_workspace, null);

  select array_agg(q.id), array_agg(q.version), array_agg(q.change), array_agg(q.manifest)
    into v_id, v_version, v_change, v_manifest
    from (
      select n.id, n.manifest,
        case when f.id is null then 1 when f.manifest = n.manifest then f.version else f.version + 1 end as version,
        case when f.id is null or f.removed_at is not null then 'added'
             when f.manifest = n.manifest then 'unchanged' else 'changed' end as change
      from unnest(f_id, f_manifest) as n(id, manifest)
      left join durable.functions f on f.workspace_id = p_workspace and f.id = n.id
      union all
      select f.id, f.manifest, f.version, 'removed' from durable.functions f
      where f.workspace_id = p_workspace and f.removed_at is null and f.id <> all (f_id)
      order by 1
    ) as q;

  insert into durable.functions (workspace_id, id, version, manifest)
    select p_workspace, q.id, q.version, q.manifest
    from unnest(v_id, v_version, v_change, v_manifest) as q(id, version, change, manifest) where q.change <> 'removed'
    on conflict (workspace_id, id) do update
      set version = excluded.version, manifest = excluded.manifest, removed_at = null, synced_at = clock_timestamp();
  insert into durable.function_versions (workspace_id, function_id, version, manifest)
    select p_workspace, q.id, q.version, q.manifest
    from unnest(v_id, v_version, v_change, v_manifest) as q(id, version, change, manifest)
    where q.change in ('added', 'changed')
    on conflict do nothing;
  update durable.functions f set removed_at = clock_timestamp()
    from unnest(v_id, v_change) as q(id, change)
    where q.change = 'removed' and f.workspace_id = p_workspace and f.id = q.id;

  perform durable.register_cancel_patterns(p_workspace, f_manifest);
  perform durable.register_end_listeners(p_workspace);
  perform durable.declare_limits(p_workspace, l_id, l_name, l_function, l_kind, l_count, l_period_ms, l_burst);
  perform durable.declare_schedules(p_workspace, c_id, c_function, c_cron, c_tz, c_jitter_ms, c_catch_up, c_overlap, c_data, c_condition);

  select json_object_agg(q.id, q.change)::text into v_changes
    from unnest(v_id, v_change) as q(id, change) where q.change <> 'unchanged';
  if v_changes is not null or v_same is distinct from true then
    update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (p_workspace, p_actor, 'app.sync', p_url, v_changes);
  end if;
  return query select q.* from unnest(v_id, v_version, v_change) as q(id, version, change);
end $function$
;

CREATE OR REPLACE FUNCTION durable.tables_of_runs()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array['children', 'collected_events', 'compensations', 'detours', 'folded_steps', 'given_back', 'inputs', 'limit_waits',
    'placements', 'repairs', 'run_deployments', 'run_errors', 'run_states', 'run_terms', 'taken_events']
$function$
;

CREATE OR REPLACE FUNCTION durable.take_bulk_items(p_limit integer)
 RETURNS TABLE(workspace_id integer, bulk_id uuid, no integer, run_id uuid, action text, actor text, reason text)
 LANGUAGE plpgsql
AS $function$
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
end $function$
;

CREATE OR REPLACE FUNCTION durable.take_deliveries(p_limit integer, p_busy uuid[])
 RETURNS TABLE(workspace_id integer, id uuid, webhook_id uuid, url text, body text, attempt integer)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now constant timestamptz := durable.durable_now();
begin
  return query
    with due as materialized (
      select w.url, q.workspace_id, q.id from durable.webhooks w cross join lateral (
        select d.workspace_id, d.id from durable.webhook_deliveries d
        where d.workspace_id = w.workspace_id and d.webhook_id = w.id and d.state = 'waiting' and d.due_at <= v_now
        order by d.due_at limit 8 for update skip locked) as q
      where w.state = 'enabled' and w.id <> all (p_busy) limit p_limit)
    update durable.webhook_deliveries d set attempts = d.attempts + 1, due_at = v_now + interval '30 seconds' from due
      where d.workspace_id = due.workspace_id and d.id = due.id
      returning d.workspace_id, d.id, d.webhook_id, due.url, d.body, d.attempts;
end $function$
;

CREATE OR REPLACE FUNCTION durable.take_heartbeats(p_workspace integer, p_run uuid, p_fence uuid, b_step uuid[], b_name text[], b_progress text[])
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_live durable.live_runs;
begin
  perform set_config('synchronous_commit', 'off', true);
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for key share;
  if not found then
    return case when exists (select 1 from durable.runs r where r.workspace_id = p_workspace and r.id = p_run)
      then 'run-ended' else 'unknown-run' end;
  end if;
  if exists (select 1 from unnest(b_step) as b(step) where not durable.holds_lease(v_live, b.step, p_fence)) then
    return 'stale-fence';
  end if;
  delete from durable.heartbeats h where h.workspace_id = p_workspace and h.run_id = p_run and h.fence <> p_fence
    and not durable.holds_lease(v_live, h.step_id, h.fence);
  insert into durable.heartbeats (workspace_id, run_id, step_id, fence, name, progress)
    select p_workspace, p_run, b.step, p_fence, b.name, b.progress from unnest(b_step, b_name, b_progress) as b(step, name, progress)
    on conflict (workspace_id, run_id, step_id) do update
      set fence = excluded.fence, name = excluded.name, progress = excluded.progress, at = excluded.at;
  return 'taken';
end $function$
;

CREATE OR REPLACE FUNCTION durable.take_in(p_workspace integer)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_bitmapscan TO 'off'
AS $function$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  c_unit constant float8 := 100;             -- by how many microseconds a job of weight 1 moves its tenant on
  a_rank bigint[]; a_run uuid[]; a_step uuid[]; a_priority int[]; a_queue uuid[]; a_tag bigint[];
  r_run uuid[]; r_tag bigint[]; r_rank bigint[];  -- of runs, each once
  a_place tid[]; r_place tid[]; t_place tid[];  -- of jobs, runs and tasks, all of them locked
begin
  if not exists (select 1 from durable.arrivals where workspace_id = p_workspace) then
    return;
  end if;
  with picked as materialized (
    select a.ctid as place, a.rank, a.run_id, a.step_id from durable.arrivals a where a.workspace_id = p_workspace
    order by a.rank, a.run_id, a.step_id limit 1000 for update skip locked
  ), job as materialized (
    select p.place, r.ctid as ready_place, p.rank, p.run_id, p.step_id from picked p
    cross join lateral (select r.ctid from durable.ready r where r.rank = p.rank and r.workspace_id = p_workspace and r.run_id = p.run_id
      and r.step_id = p.step_id limit 1 for update skip locked) as r
  ), held as materialized (
    select l.run_id, c_run as step_id, j.rank, j.place, j.ready_place, l.live_place from job j
    cross join lateral (select l.run_id, l.ctid as live_place from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = j.run_id
      and l.status = 'queued' and l.ready_rank = j.rank limit 1 for update skip locked) as l
    where j.step_id = c_run
  ), held_task as materialized (
    select t.run_id, t.step_id, j.rank, j.place, j.ready_place, t.live_place from job j
    cross join lateral (select t.run_id, t.step_id, t.ctid as live_place from durable.tasks t where t.workspace_id = p_workspace and t.run_id = j.run_id
      and t.step_id = j.step_id and t.status = 'queued' and t.ready_rank = j.rank limit 1 for update skip locked) as t
    where j.step_id <> c_run
  ), free as materialized (
    select * from held union all select * from held_task
  ), gone as (
    delete from durable.arrivals a where a.ctid = any (array(select place from free))
  ), stale as (
    -- It was leased, dropped, or went out of the way of the claim meanwhile.
    delete from durable.arrivals a where a.ctid = any (array(
      select p.place from picked p where (select r.rank from durable.ready r
        where r.rank = p.rank and r.workspace_id = p_workspace and r.run_id = p.run_id and r.step_id = p.step_id limit 1) is null))
  )
  select array_agg(f.rank), array_agg(f.run_id), array_agg(f.step_id), array_agg(f.ready_place),
      array_agg(f.live_place) filter (where f.step_id = c_run), array_agg(f.live_place) filter (where f.step_id <> c_run)
    into a_rank, a_run, a_step, a_place, r_place, t_place from free f;
  if a_rank is null then
    return;
  end if;

  with job as materialized (
    select a.rank, a.run_id, a.step_id, coalesce(l.priority, 0) as priority, l.tenant, t.queue_id, c_unit / t.weight as cost, l.run_gates || l.step_gates as gates
    from unnest(a_rank, a_run, a_step) as a(rank, run_id, step_id)
    cross join lateral (select l.priority, l.tenant, l.run_gates, l.step_gates from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = a.run_id limit 1) as l
    left join lateral (
      select n.queue_id, n.weight from durable.tenants n where n.workspace_id = p_workspace and n.id = l.tenant limit 1) as t on true
  ), queue as materialized (
    select q.queue_id as id, case when q.is_idle then greatest(v.at, q.rank) else coalesce(v.at, q.rank) end as at
    from (
      select j.queue_id, min(j.rank) as rank,
        not exists (select 1 from durable.parked k where k.workspace_id = p_workspace and k.gate_id = j.queue_id)
          and not bool_or(exists (select 1 from durable.gates g
            where g.workspace_id = p_workspace and g.id = any (j.gates) and g.parked > 0)) as is_idle
      from job j where j.queue_id is not null group by j.queue_id) as q
    left join lateral (
      select t.at from durable.virtual_times t where t.workspace_id = p_workspace and t.id = q.queue_id limit 1) as v on true
  ), tenant as materialized (
    select j.tenant as id, greatest(min(q.at), min(v.at)) as at, min(j.cost) as cost, count(*) as jobs
    from job j join queue q on q.id = j.queue_id
    left join lateral (
      select t.at from durable.virtual_times t where t.workspace_id = p_workspace and t.id = j.tenant limit 1) as v on true
    group by j.tenant
  ), kept as (
    insert into durable.virtual_times (workspace_id, id, at)
      select p_workspace, q.id, q.at from queue q union all
      select p_workspace, t.id, t.at + t.jobs * t.cost from tenant t
      on conflict (workspace_id, id) do update set at = excluded.at
  ), ranked as (
    select j.*, q.at as now,
      t.at + (row_number() over (partition by j.tenant order by j.rank, j.run_id, j.step_id) - 1) * t.cost - j.priority * t.cost as tag
    from job j left join queue q on q.id = j.queue_id left join tenant t on t.id = j.tenant
  )
  select array_agg(r.rank), array_agg(r.run_id), array_agg(r.step_id), array_agg(r.priority), array_agg(r.queue_id),
      array_agg(case when r.queue_id is null then r.rank - r.priority * 1000000 else floor(greatest(r.now, r.tag))::bigint end)
    into a_rank, a_run, a_step, a_priority, a_queue, a_tag from ranked r;

  perform set_config('durable.ranking', 'on', true);
  delete from durable.ready r where r.ctid = any (a_place);
  select array_agg(a_run[q]), array_agg(a_tag[q]), array_agg(a_rank[q]) into r_run, r_tag, r_rank from generate_subscripts(a_run, 1) as q
    where a_step[q] = c_run;
  update durable.live_runs l set ready_rank = r_tag[array_position(r_run, l.run_id)], came = r_rank[array_position(r_run, l.run_id)]
    where l.ctid = any (r_place);
  update durable.tasks t set ready_rank = a_tag[q], came = a_rank[q] from generate_subscripts(a_run, 1) as q
    where t.ctid = any (t_place) and t.run_id = a_run[q] and t.step_id = a_step[q];
  perform set_config('durable.ranking', 'off', true);
  insert into durable.ready (rank, workspace_id, run_id, step_id)
    select a_tag[q], p_workspace, a_run[q], a_step[q] from generate_subscripts(a_run, 1) as q where a_queue[q] is null;
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, a_queue[q], a_tag[q], a_run[q], a_step[q] from generate_subscripts(a_run, 1) as q where a_queue[q] is not null;
  insert into durable.turns (rank, workspace_id, queue_id)
    select a_rank[q], p_workspace, a_queue[q] from generate_subscripts(a_run, 1) as q where a_queue[q] is not null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.take_probe(p_workspace integer, p_probe_ms_max integer)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  update durable.circuits set next_probe_at = clock_timestamp() + interval '15 seconds',
      probe_ms = least(probe_ms * 2, p_probe_ms_max)
    where workspace_id = p_workspace and state = 'open' and next_probe_at <= clock_timestamp();
  return found;
end $function$
;

CREATE OR REPLACE FUNCTION durable.take_up(p_engine integer, q_workspace integer[], q_run uuid[], q_step uuid[], q_fence uuid[])
 RETURNS TABLE(workspace_id integer, run_id uuid, step_id uuid, fence uuid, journal_seq integer, run_attempt integer, transport_attempt integer, ready_rank bigint)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
begin
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  return query
    update durable.live_runs l set fence = gen_random_uuid()
      from unnest(q_workspace, q_run, q_step, q_fence) as q(workspace, run, step, fence)
      where q.step = '00000000-0000-0000-0000-000000000000' and l.workspace_id = q.workspace and l.run_id = q.run
        and l.fence = q.fence and l.engine_id = p_engine
      returning l.workspace_id, l.run_id, q.step, l.fence, l.journal_seq, l.run_attempt, l.transport_attempt, null::bigint;
  return query
    update durable.tasks t set fence = gen_random_uuid()
      from unnest(q_workspace, q_run, q_step, q_fence) as q(workspace, run, step, fence)
      where t.workspace_id = q.workspace and t.run_id = q.run and t.step_id = q.step
        and t.fence = q.fence and t.engine_id = p_engine
      returning t.workspace_id, t.run_id, t.step_id, t.fence, 0, 0, t.transport_attempt, null::bigint;
end $function$
;

CREATE OR REPLACE FUNCTION durable.task_arrives()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if current_setting('durable.ranking', true) is distinct from 'on' and exists (select 1 from durable.live_runs l
      where l.workspace_id = new.workspace_id and l.run_id = new.run_id and (l.priority is not null or l.tenant is not null)) then
    insert into durable.arrivals (rank, workspace_id, run_id, step_id)
      values (new.ready_rank, new.workspace_id, new.run_id, new.step_id) on conflict do nothing;
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.task_leaves_gates()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.ready_rank is not null then
    perform durable.drop_job(old.workspace_id, old.run_id, old.step_id, old.gates, old.ready_rank);
  end if;
  perform durable.free_grants(old.workspace_id, old.run_id, array[old.step_id]);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION durable.tell_of_skips(p_workspace integer[], p_event uuid[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.child_ends (workspace_id, run_id)
    select c.workspace_id, c.run_id from unnest(p_workspace, p_event) as p(workspace, event)
    join durable.children c on c.workspace_id = p.workspace and c.run_id = p.event
    where c.kind = 'invoke' on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.time_of_id(p_id uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$ select to_timestamp(('x' || left(replace(p_id::text, '-', ''), 12))::bit(48)::bigint / 1000.0) $function$
;

CREATE OR REPLACE FUNCTION durable.told_names()
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select array['durable.run.completed', 'durable.run.failed', 'durable.run.cancelled']
    || array(select 'durable.alert.' || k from unnest(durable.alert_kinds()) as k)
$function$
;

CREATE OR REPLACE FUNCTION durable.triage_errors(p_workspace integer, p_fingerprint text, p_state text, p_actor text, p_reason text)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_state text;
begin
  select g.state into v_state from durable.error_groups g
    where g.workspace_id = p_workspace and g.fingerprint = p_fingerprint for update;
  if v_state is distinct from p_state and v_state is not null then
    update durable.error_groups set state = p_state, state_at = durable.durable_now(), state_by = p_actor, state_reason = p_reason
      where workspace_id = p_workspace and fingerprint = p_fingerprint;
    insert into durable.audit (workspace_id, actor, action, target, detail)
      values (p_workspace, p_actor, 'error.' || case p_state when 'resolved' then 'resolve' when 'muted' then 'mute' else 'reopen' end,
        p_fingerprint, p_reason);
  end if;
  return v_state;
end $function$
;

CREATE OR REPLACE FUNCTION durable.trigger_seen(p_wait waits)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select durable.event_json(t) from durable.runs r
  join durable.events t on t.workspace_id = r.workspace_id and t.id = r.event_id
  where strpos(p_wait.condition, 'trigger') > 0 and r.workspace_id = p_wait.workspace_id and r.id = p_wait.run_id
$function$
;

CREATE OR REPLACE FUNCTION durable.trouble_of(p_run runs, OUT o_error text, OUT o_step text)
 RETURNS record
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(f.failure::json ->> 'name', 'Error'), f.step
  from (
    select coalesce(o.failure, p_run.failure, p_run.pause_reason) as failure, coalesce(o.name, s.name) as step
    from (select 1) as one
    left join lateral (
      select t.name, t.failure from durable.steps t
      where p_run.status is null and t.workspace_id = p_run.workspace_id and t.run_id = p_run.id and t.status = 'retrying'
        and not exists (select 1 from durable.timers m
          where m.workspace_id = t.workspace_id and m.run_id = t.run_id and m.step_id = t.step_id)
      order by t.committed_at desc, t.step_id limit 1) as o on true
    left join durable.steps s on s.workspace_id = p_run.workspace_id and s.run_id = p_run.id
      and s.step_id = durable.retried_step(p_run)) as f
$function$
;

CREATE OR REPLACE FUNCTION durable.undecided_waits(p_workspace integer, p_event uuid, p_run uuid, p_limit integer)
 RETURNS TABLE(run_id uuid, step_id uuid, key text, condition text, trigger text)
 LANGUAGE sql
 STABLE
AS $function$
  select (o.wait).run_id, (o.wait).step_id, (o.wait).key, (o.wait).condition, durable.trigger_seen(o.wait) from (
    select w as wait, dense_rank() over (order by w.run_id) as run_no
    from durable.events e
    join durable.wait_patterns p on p.workspace_id = e.workspace_id and p.event_name = e.name
    join durable.waits w on w.workspace_id = e.workspace_id and w.event_name = e.name
      and w.match_hash = durable.match_hash(p.paths, durable.comparable(e.data))
    where e.workspace_id = p_workspace and e.id = p_event and w.run_id > p_run and w.event_id is null
      and e.received_at >= w.since and (w.until is null or e.received_at <= w.until)
      and (w.mode = 'cancel' and w.condition is not null or w.mode <> 'cancel' and not exists (
        select 1 from durable.taken_events t
        where t.workspace_id = w.workspace_id and t.run_id = w.run_id and t.event_id = e.id))
  ) as o where o.run_no <= p_limit order by (o.wait).run_id, (o.wait).ordinal
$function$
;

CREATE OR REPLACE FUNCTION durable.undoer(p_workspace integer, p_run uuid, p_step uuid, OUT o_run uuid, OUT o_undone boolean)
 RETURNS record
 LANGUAGE sql
 STABLE
AS $function$
  with recursive line(run_id, heir, undone) as (
    select c.run_id, c.heir, c.undone from durable.compensations c
      where c.workspace_id = p_workspace and c.run_id = p_run and c.step_id = p_step
    union all
    select c.run_id, c.heir, c.undone from line l
      join durable.compensations c on c.workspace_id = p_workspace and c.run_id = l.heir and c.step_id = p_step
  )
  select l.run_id, l.undone from line l where l.heir is null
$function$
;

CREATE OR REPLACE FUNCTION durable.unpark_jobs(p_workspace integer, p_from uuid, p_limit integer, p_sign integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  -- Those that are free: their run or task is locked. And where all stand that leave.
  f_run uuid[]; f_step uuid[]; f_rank bigint[]; f_came bigint[]; f_queue uuid[];
  v_gone tid[]; v_runs tid[]; v_tasks tid[];
begin
  with picked as materialized (
    select k.ctid as place, k.rank, k.run_id, k.step_id from durable.parked k where k.workspace_id = p_workspace and k.gate_id = p_from
    order by k.rank, k.run_id, k.step_id limit p_limit for update skip locked
  ), held as materialized (
    select p.*, l.came, l.live_place, l.tenant from picked p
    cross join lateral (select l.came, l.ctid as live_place, l.tenant from durable.live_runs l where l.workspace_id = p_workspace
      and l.run_id = p.run_id and l.status = 'queued' and l.ready_rank = p.rank limit 1 for update skip locked) as l
    where p.step_id = c_run
  ), held_task as materialized (
    select p.*, t.came, t.live_place from picked p
    cross join lateral (select t.came, t.ctid as live_place from durable.tasks t where t.workspace_id = p_workspace
      and t.run_id = p.run_id and t.step_id = p.step_id and t.status = 'queued' and t.ready_rank = p.rank limit 1 for update skip locked) as t
    where p.step_id <> c_run
  ), free as materialized (
    select * from held union all
    select h.*, (select l.tenant from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = h.run_id limit 1) from held_task h
  ), told as materialized (
    -- Of fair functions: let out at once they would all go before whoever has come since. Who has passed his gates already has
    -- had his turn: in the queue he would keep his places from others, and these are few.
    select f.*, case when p_sign > 0 and (select g.gate_id from durable.grants g
      where g.workspace_id = p_workspace and g.run_id = f.run_id and g.step_id = f.step_id limit 1) is null then (
      select t.queue_id from durable.tenants t where t.workspace_id = p_workspace and t.id = f.tenant limit 1) end as queue_id from free f
  ), nobodys as (
    select p.place from picked p where case when p.step_id = c_run
      then (select l.run_id from durable.live_runs l
        where l.workspace_id = p_workspace and l.run_id = p.run_id and l.status = 'queued' and l.ready_rank = p.rank limit 1)
      else (select t.run_id from durable.tasks t where t.workspace_id = p_workspace
        and t.run_id = p.run_id and t.step_id = p.step_id and t.status = 'queued' and t.ready_rank = p.rank limit 1) end is null
  )
  select array_agg(t.run_id), array_agg(t.step_id), array_agg(t.rank), array_agg(t.came), array_agg(t.queue_id),
      array_agg(t.place) || (select array_agg(n.place) from nobodys n),
      array_agg(t.live_place) filter (where t.step_id = c_run), array_agg(t.live_place) filter (where t.step_id <> c_run)
    into f_run, f_step, f_rank, f_came, f_queue, v_gone, v_runs, v_tasks from told t;
  delete from durable.parked k where k.ctid = any (v_gone);
  if f_run is null then
    return 0;
  end if;
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, f_queue[q], abs(f_rank[q]), f_run[q], f_step[q] from generate_subscripts(f_run, 1) as q
    where f_queue[q] is not null and f_came[q] is not null;
  insert into durable.turns (rank, workspace_id, queue_id)
    select f_came[q], p_workspace, f_queue[q] from generate_subscripts(f_run, 1) as q where f_queue[q] is not null and f_came[q] is not null;
  insert into durable.arrivals (rank, workspace_id, run_id, step_id)
    select abs(f_rank[q]), p_workspace, f_run[q], f_step[q] from generate_subscripts(f_run, 1) as q
    where f_queue[q] is not null and f_came[q] is null on conflict do nothing;
  update durable.live_runs l set ready_rank = abs(l.ready_rank) * p_sign where l.ctid = any (v_runs);
  update durable.tasks t set ready_rank = abs(t.ready_rank) * p_sign where t.ctid = any (v_tasks);
  insert into durable.ready (rank, workspace_id, run_id, step_id)
    select abs(f_rank[q]) * p_sign, p_workspace, f_run[q], f_step[q] from generate_subscripts(f_run, 1) as q
    where f_queue[q] is null or f_came[q] is null;
  return cardinality(f_run);
end $function$
;

CREATE OR REPLACE FUNCTION durable.unpause(p_workspace integer, p_actor text, p_pause uuid, p_reason text)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
begin
  update durable.pauses p set ending = true where p.workspace_id = p_workspace and p.id = p_pause and not p.ending;
  if not found then
    return false;
  end if;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target, detail) values (p_workspace, p_actor, 'resume', p_pause::text, p_reason);
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.uuid_v7()
 RETURNS uuid
 LANGUAGE sql
AS $function$
  select (substr(t, 1, 8) || '-' || substr(t, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid
  from lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') as t
$function$
;

CREATE OR REPLACE FUNCTION durable.value_by_hand(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_data text)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case w.mode
      when 'signal' then p_data
      when 'event' then e.json
      when 'any' then '{"key":' || to_json(w.key)::text || ',"event":' || e.json || '}'
    end
  from durable.waits w
  cross join lateral (select '{"id":' || to_json(gen_random_uuid())::text || ',"name":' || to_json(w.event_name)::text
    || ',"data":' || p_data || ',"time":"' || durable.rfc3339(durable.durable_now()) || '"}' as json) as e
  where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = coalesce(p_key, '')
$function$
;

CREATE OR REPLACE FUNCTION durable.wait_value(p_mode text, p_key text, p_event events)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select case p_mode
    when 'any' then '{"key":' || to_json(p_key)::text || ',"event":' || durable.event_json(p_event) || '}'
    when 'signal' then coalesce((p_event.data::json -> 'payload')::text, 'null')
    else durable.event_json(p_event)
  end
$function$
;

CREATE OR REPLACE FUNCTION durable.webhook_alerts()
 RETURNS TABLE(workspace_id integer, kind text, key text, facts jsonb)
 LANGUAGE sql
 STABLE
AS $function$
  select w.workspace_id, 'webhook', w.id::text, jsonb_build_object('webhook', w.id, 'origin', substring(w.url from '^[a-z]+://[^/?#]+'), 'why', w.why)
  from durable.webhooks w left join durable.alert_rules r on r.workspace_id = w.workspace_id and r.kind = 'webhook'
  where w.state = 'failed' and coalesce(r.enabled, true)
$function$
;

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.bulks FOR EACH ROW EXECUTE FUNCTION note_topic('bulk', 'id');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.circuits FOR EACH ROW EXECUTE FUNCTION note_topic('deployment');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.deployments FOR EACH ROW EXECUTE FUNCTION note_topic('deployment', 'name');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.endpoints FOR EACH ROW EXECUTE FUNCTION note_topic('deployment');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.inputs FOR EACH ROW EXECUTE FUNCTION note_topic('input', 'id');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.limits FOR EACH ROW EXECUTE FUNCTION note_topic('limit', 'id');

CREATE TRIGGER run_arrives AFTER INSERT ON durable.live_runs FOR EACH ROW WHEN (((new.ready_rank IS NOT NULL) AND ((new.priority IS NOT NULL) OR (new.tenant IS NOT NULL)))) EXECUTE FUNCTION run_arrives();

CREATE TRIGGER run_arrives_again AFTER UPDATE OF ready_rank ON durable.live_runs FOR EACH ROW WHEN (((new.ready_rank > 0) AND (new.ready_rank IS DISTINCT FROM old.ready_rank) AND ((new.priority IS NOT NULL) OR (new.tenant IS NOT NULL)))) EXECUTE FUNCTION run_arrives();

CREATE TRIGGER run_ends_at_gates AFTER DELETE ON durable.live_runs FOR EACH ROW WHEN (((old.step_gates IS NOT NULL) OR (old.run_gates IS NOT NULL))) EXECUTE FUNCTION run_leaves_gates();

CREATE TRIGGER run_leaves_gates AFTER UPDATE OF engine_id, ready_rank ON durable.live_runs FOR EACH ROW WHEN ((((old.step_gates IS NOT NULL) OR (old.run_gates IS NOT NULL)) AND (new.engine_id IS NULL) AND ((old.engine_id IS NOT NULL) OR ((old.ready_rank IS NOT NULL) AND (new.ready_rank IS DISTINCT FROM old.ready_rank))) AND ((new.came IS NULL) OR (NOT (new.came IS DISTINCT FROM old.came))))) EXECUTE FUNCTION run_leaves_gates();

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.pauses FOR EACH ROW EXECUTE FUNCTION note_topic('pause', 'id');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.saved_views FOR EACH ROW EXECUTE FUNCTION note_topic('view', 'id');

CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE ON durable.schedules FOR EACH ROW EXECUTE FUNCTION note_topic('schedule', 'id');

CREATE TRIGGER told AFTER INSERT ON durable.skips REFERENCING NEW TABLE AS skipped FOR EACH STATEMENT EXECUTE FUNCTION note_skips();

CREATE TRIGGER steps_settled BEFORE UPDATE ON durable.steps FOR EACH ROW WHEN ((old.seq IS NOT NULL)) EXECUTE FUNCTION refuse_rewrite();

CREATE TRIGGER told AFTER INSERT OR UPDATE ON durable.syncs FOR EACH ROW EXECUTE FUNCTION note_topic('sync', 'id');

CREATE TRIGGER task_arrives AFTER INSERT ON durable.tasks FOR EACH ROW WHEN (((new.ready_rank IS NOT NULL) AND ((new.priority IS NOT NULL) OR (new.gates IS NOT NULL)))) EXECUTE FUNCTION task_arrives();

CREATE TRIGGER task_arrives_again AFTER UPDATE OF ready_rank ON durable.tasks FOR EACH ROW WHEN (((new.ready_rank > 0) AND (new.ready_rank IS DISTINCT FROM old.ready_rank) AND ((new.priority IS NOT NULL) OR (new.gates IS NOT NULL)))) EXECUTE FUNCTION task_arrives();

CREATE TRIGGER task_ends_at_gates AFTER DELETE ON durable.tasks FOR EACH ROW WHEN ((old.gates IS NOT NULL)) EXECUTE FUNCTION task_leaves_gates();

CREATE TRIGGER task_leaves_gates AFTER UPDATE OF engine_id, ready_rank ON durable.tasks FOR EACH ROW WHEN (((old.gates IS NOT NULL) AND (new.engine_id IS NULL) AND ((old.engine_id IS NOT NULL) OR ((old.ready_rank IS NOT NULL) AND (new.ready_rank IS DISTINCT FROM old.ready_rank))) AND ((new.came IS NULL) OR (NOT (new.came IS DISTINCT FROM old.came))))) EXECUTE FUNCTION task_leaves_gates();
