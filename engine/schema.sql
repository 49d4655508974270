-- What the migrations in engine/migrations make together: to read and to review, not to run. Written by
-- test/contract/schema-sql.test.ts, which fails when it is old: run that test with `--update`.

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
);

create table durable.audit (
  workspace_id integer not null,
  id bigint generated always as identity not null,
  at timestamp with time zone not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text not null,
  detail text
);

create table durable.cascades (
  workspace_id integer not null,
  run_id uuid not null,
  reason text
);

create table durable.changes (
  "position" bigint generated always as identity not null,
  xid xid8 not null default pg_current_xact_id(),
  workspace_id integer not null,
  run_id uuid not null,
  kind text not null,
  journal_seq integer not null,
  at timestamp with time zone not null default clock_timestamp()
);

create table durable.checkpoints (
  workspace_id integer not null,
  run_id uuid not null,
  fence uuid not null,
  seq integer not null,
  live_fence uuid not null,
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
  undone boolean not null default false
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
  version text not null
) with (fillfactor=50);

create table durable.event_ids (
  workspace_id integer not null,
  client_id text not null,
  event_id uuid not null,
  body_hash uuid not null
);

create table durable.event_keys (
  workspace_id integer not null,
  id integer generated always as identity not null,
  sha256 bytea not null,
  prefix text not null,
  created_at timestamp with time zone not null default clock_timestamp(),
  revoked_at timestamp with time zone
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
  received_at timestamp with time zone not null
);

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
);

create table durable.parked (
  workspace_id integer not null,
  gate_id uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  rank bigint not null,
  run_id uuid not null,
  step_id uuid not null
) with (autovacuum_vacuum_scale_factor=0.01, autovacuum_vacuum_threshold=500, autovacuum_vacuum_cost_delay=0);

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

create table durable.run_deployments (
  workspace_id integer not null,
  run_id uuid not null,
  from_seq integer not null,
  deployment text not null
);

create table durable.run_states (
  workspace_id integer not null,
  run_id uuid not null,
  value text not null,
  at timestamp with time zone not null
) with (fillfactor=50);

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
  sent_at timestamp with time zone,
  first_byte_at timestamp with time zone,
  received_at timestamp with time zone,
  app_ms real
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
  data text,
  revision integer not null default 1,
  handled_to timestamp with time zone not null,
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
  committed_at timestamp with time zone not null default clock_timestamp(),
  settled_at timestamp with time zone
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
  event_id uuid
);

create table durable.workspaces (
  id integer generated always as identity not null,
  app text not null,
  environment text not null,
  registry_version integer not null default 0,
  created_at timestamp with time zone not null default clock_timestamp()
);

alter table durable.arrivals add constraint arrivals_pkey PRIMARY KEY (rank, workspace_id, run_id, step_id);

alter table durable.attempts add constraint attempts_outcome_check CHECK ((outcome = ANY (ARRAY['ok'::text, 'failed'::text, 'transport'::text, 'protocol'::text, 'late'::text, 'lost'::text])));

alter table durable.attempts add constraint attempts_pkey PRIMARY KEY (workspace_id, run_id, fence, step_id, outcome);

alter table durable.audit add constraint audit_pkey PRIMARY KEY (workspace_id, id);

alter table durable.cascades add constraint cascades_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.changes add constraint changes_pkey PRIMARY KEY ("position");

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

alter table durable.event_ids add constraint event_ids_pkey PRIMARY KEY (workspace_id, client_id);

alter table durable.event_keys add constraint event_keys_pkey PRIMARY KEY (workspace_id, id);

alter table durable.event_keys add constraint event_keys_sha256_key UNIQUE (sha256);

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

alter table durable.input_notices add constraint input_notices_pkey PRIMARY KEY (workspace_id, input_id, event_name);

alter table durable.inputs add constraint inputs_kind_check CHECK ((kind = ANY (ARRAY['approval'::text, 'input'::text])));

alter table durable.inputs add constraint inputs_pkey PRIMARY KEY (workspace_id, id);

alter table durable.inputs add constraint inputs_status_check CHECK ((status = ANY (ARRAY['open'::text, 'answered'::text, 'expired'::text, 'cancelled'::text])));

alter table durable.limits add constraint limits_pkey PRIMARY KEY (workspace_id, id);

alter table durable.live_runs add constraint live_runs_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.logs add constraint logs_level_check CHECK ((level = ANY (ARRAY['debug'::text, 'info'::text, 'warn'::text, 'error'::text])));

alter table durable.logs add constraint logs_pkey PRIMARY KEY (workspace_id, run_id, id);

alter table durable.parked add constraint parked_pkey PRIMARY KEY (workspace_id, gate_id, rank, run_id, step_id);

alter table durable.pauses add constraint pauses_pkey PRIMARY KEY (workspace_id, id);

alter table durable.placements add constraint placements_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.ready add constraint ready_pkey PRIMARY KEY (rank, workspace_id, run_id, step_id);

alter table durable.run_deployments add constraint run_deployments_pkey PRIMARY KEY (workspace_id, run_id, from_seq);

alter table durable.run_states add constraint run_states_pkey PRIMARY KEY (workspace_id, run_id);

alter table durable.runs add constraint runs_pkey PRIMARY KEY (workspace_id, id);

alter table durable.schedules add constraint schedules_pkey PRIMARY KEY (workspace_id, id);

alter table durable.shape_keys add constraint shape_keys_pkey PRIMARY KEY (workspace_id, id);

alter table durable.signing_secrets add constraint signing_secrets_pkey PRIMARY KEY (workspace_id, id);

alter table durable.skips add constraint skips_pkey PRIMARY KEY (workspace_id, id);

alter table durable.steps add constraint steps_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.taken_events add constraint taken_events_pkey PRIMARY KEY (workspace_id, run_id, event_id);

alter table durable.tasks add constraint tasks_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.tenants add constraint tenants_pkey PRIMARY KEY (workspace_id, id);

alter table durable.timers add constraint timers_kind_check CHECK ((kind = ANY (ARRAY['sleep'::text, 'timeout'::text, 'retry'::text, 'start'::text, 'finish'::text, 'task'::text, 'invoke'::text, 'input'::text, 'begin'::text])));

alter table durable.timers add constraint timers_pkey PRIMARY KEY (workspace_id, run_id, step_id);

alter table durable.turns add constraint turns_pkey PRIMARY KEY (rank, workspace_id, queue_id, no);

alter table durable.virtual_times add constraint virtual_times_pkey PRIMARY KEY (workspace_id, id);

alter table durable.wait_patterns add constraint wait_patterns_pkey PRIMARY KEY (workspace_id, event_name, paths);

alter table durable.waits add constraint waits_pkey PRIMARY KEY (workspace_id, run_id, step_id, key);

alter table durable.workspaces add constraint workspaces_app_environment_key UNIQUE (app, environment);

alter table durable.workspaces add constraint workspaces_pkey PRIMARY KEY (id);

CREATE INDEX audit_by_target ON durable.audit USING btree (workspace_id, target);

CREATE INDEX children_by_parent ON durable.children USING btree (workspace_id, parent_run_id, parent_step_id);

CREATE INDEX collected_by_event ON durable.collected_events USING btree (workspace_id, event_id);

CREATE INDEX events_by_name ON durable.events USING btree (workspace_id, name, received_at);

CREATE INDEX grants_by_gate ON durable.grants USING btree (workspace_id, gate_id, at);

CREATE UNIQUE INDEX inputs_by_step ON durable.inputs USING btree (workspace_id, run_id, step_id);

CREATE INDEX inputs_open ON durable.inputs USING btree (workspace_id, id) WHERE (status = 'open'::text);

CREATE INDEX inputs_open_by_assignee ON durable.inputs USING btree (workspace_id, assignee, id) WHERE (status = 'open'::text);

CREATE UNIQUE INDEX pauses_once ON durable.pauses USING btree (workspace_id, kind, COALESCE(function_id, ''::text), COALESCE((limit_id)::text, ''::text), COALESCE(key, ''::text)) WHERE (NOT ending);

CREATE INDEX runs_by_bad_end ON durable.runs USING btree (workspace_id, status, id) WHERE (status = ANY (ARRAY['failed'::text, 'cancelled'::text]));

CREATE INDEX schedules_by_function ON durable.schedules USING btree (workspace_id, function_id);

CREATE INDEX schedules_by_next ON durable.schedules USING btree (next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX skips_by_event ON durable.skips USING btree (workspace_id, event_id);

CREATE INDEX timers_due ON durable.timers USING btree (due_at);

CREATE INDEX waits_by_match ON durable.waits USING btree (workspace_id, event_name, match_hash);

CREATE INDEX waits_to_look_back ON durable.waits USING btree (workspace_id, run_id, step_id) WHERE (NOT looked_back);

CREATE OR REPLACE FUNCTION durable.accept_events(p_engine integer, p_registry_workspace integer[], p_registry_version integer[], e_request integer[], e_workspace integer[], e_id uuid[], e_client_id text[], e_body_hash uuid[], e_name text[], e_data text[], e_time double precision[], r_event integer[], r_function text[], r_version integer[], r_run uuid[], r_fence uuid[], p_skip integer[] DEFAULT '{}'::integer[], k_event integer[] DEFAULT '{}'::integer[], k_id uuid[] DEFAULT '{}'::uuid[], k_function text[] DEFAULT '{}'::text[], k_reason text[] DEFAULT '{}'::text[], k_detail text[] DEFAULT '{}'::text[], k_facts text[] DEFAULT '{}'::text[], t_event integer[] DEFAULT '{}'::integer[], t_run uuid[] DEFAULT '{}'::uuid[], t_kind text[] DEFAULT '{}'::text[], t_ms double precision[] DEFAULT '{}'::double precision[], p_cancels boolean DEFAULT false, r_run_gates text[] DEFAULT '{}'::text[], r_step_gates text[] DEFAULT '{}'::text[], r_units integer[] DEFAULT '{}'::integer[], g_workspace integer[] DEFAULT '{}'::integer[], g_id uuid[] DEFAULT '{}'::uuid[], g_limit uuid[] DEFAULT '{}'::uuid[], g_unit text[] DEFAULT '{}'::text[], g_key text[] DEFAULT '{}'::text[], r_begin_cause text[] DEFAULT '{}'::text[], r_begin_ms double precision[] DEFAULT '{}'::double precision[], r_begin_at double precision[] DEFAULT '{}'::double precision[], r_shapes text[] DEFAULT '{}'::text[], r_priority integer[] DEFAULT '{}'::integer[], r_tenant uuid[] DEFAULT '{}'::uuid[], q_workspace integer[] DEFAULT '{}'::integer[], q_id uuid[] DEFAULT '{}'::uuid[], q_queue uuid[] DEFAULT '{}'::uuid[], q_function text[] DEFAULT '{}'::text[], q_key text[] DEFAULT '{}'::text[], q_weight integer[] DEFAULT '{}'::integer[], OUT o_state text[], OUT o_owes boolean[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_state text[];
  v_new boolean[];
  v_owed uuid[];
  v_named_workspace int[]; v_named text[];  -- names of the events, and then those somebody may wait for
  v_conflicting bigint[] := '{}';  -- numbers of events
  v_conflicts int[] := '{}';       -- numbers of requests
  v_found bigint[];
  v_refused int[];
  v_bucket int;
  v_leases boolean := false;
  v_begin timestamptz[] := '{}';   -- of the runs; null begins now
  v_cause text[] := r_begin_cause;
  v_born boolean[] := '{}';        -- false: its event became no run of its own; null: nothing was in its way
  v_by uuid[] := '{}';             -- of those that collect: the newest event, whose run it is
  -- Of the runs that nobody was given: each another one and none to be guessed, from one call for random bits.
  v_fences text := left(gen_random_uuid()::text, 24);
begin
  perform 1 from unnest(p_registry_workspace, p_registry_version) as q(id, version)
    join durable.workspaces w on w.id = q.id where w.registry_version <> q.version;
  if found then
    o_state := array_fill('stale'::text, array[cardinality(e_id)]);
    return;
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

  insert into durable.events (workspace_id, id, client_id, name, data, time, received_at)
    select e_workspace[q], e_id[q], e_client_id[q], e_name[q], e_data[q], coalesce(to_timestamp(e_time[q]), v_now), v_now
    from generate_subscripts(e_id, 1) as q
    where v_new[q];

  if cardinality(r_run) > 0 then
    if cardinality(r_begin_cause) > 0 then
      select array_agg(case when b.at > v_now then b.at end order by b.q) into v_begin from (
        select q, coalesce(to_timestamp(r_begin_at[q]), v_now + r_begin_ms[q] * interval '1 millisecond') as at
        from generate_subscripts(r_run, 1) as q) as b;
    end if;
    if cardinality(r_shapes) > 0 then
      select o_born, o_begin, o_cause, o_event into v_born, v_begin, v_cause, v_by from durable.shape_runs(
        (select array_agg(e_workspace[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(e_id[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(case when r_shapes[q] is not null then octet_length(e_data[r_event[q]]) end order by q) from generate_subscripts(r_run, 1) as q),
        (select array_agg(v_new[r_event[q]] order by q) from generate_subscripts(r_run, 1) as q),
        r_function, r_run, r_shapes, v_begin, v_cause);
    end if;
    insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at, begins_at, begin_cause)
      select e_workspace[r_event[q]], r_run[q], r_function[q], r_version[q], coalesce(v_by[q], e_id[r_event[q]]), v_now,
        v_begin[q], case when v_begin[q] is not null or v_cause[q] = 'batch' then v_cause[q] end
      from generate_subscripts(r_run, 1) as q
      where v_new[r_event[q]] and v_born[q] is not false;
    if cardinality(g_id) > 0 then
      insert into durable.gatekeepers (workspace_id) select distinct workspace from unnest(g_workspace) as workspace order by 1
        on conflict do nothing;
      -- Written once a day, so that births of one key do not wait for each other's commit.
      insert into durable.gates (workspace_id, id, limit_id, unit, key)
        select g.workspace, g.id, g.limit_id, g.unit, g.key
        from unnest(g_workspace, g_id, g_limit, g_unit, g_key) as g(workspace, id, limit_id, unit, key)
        where not exists (select 1 from durable.gates k
          where k.workspace_id = g.workspace and k.id = g.id and k.touched_on >= current_date)
        order by 1, 2
        on conflict (workspace_id, id) do update set touched_on = excluded.touched_on;
    end if;
    if cardinality(r_priority) > 0 then
      perform durable.note_tenants(array(select e_workspace[r_event[q]] from generate_subscripts(r_run, 1) as q
        where r_priority[q] is not null or r_tenant[q] is not null), q_workspace, q_id, q_queue, q_function, q_key, q_weight);
    end if;
    insert into durable.live_runs (workspace_id, run_id, status, fence, engine_id, run_gates, step_gates, units, priority, tenant, ready_rank)
      select e_workspace[r_event[q]], r_run[q],
        case when v_begin[q] is not null then 'waiting' when v_leases and r_fence[q] is not null then 'running' else 'queued' end,
        case when v_leases and r_fence[q] is not null then r_fence[q] else (v_fences || lpad(to_hex(q), 12, '0'))::uuid end,
        case when v_leases and r_fence[q] is not null then p_engine end,
        r_run_gates[q]::uuid[], r_step_gates[q]::uuid[], r_units[q], r_priority[q], r_tenant[q],
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

  if cardinality(t_run) > 0 then
    perform durable.limit_runs(array_agg(e_workspace[t.event]), array_agg(t.run), array_agg(t.kind), array_agg(t.ms))
      from unnest(t_event, t_run, t_kind, t_ms) as t(event, run, kind, ms)
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

  if cardinality(k_id) > 0 then
    insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, run_id, facts, at)
      select e_workspace[k.event], k.id, e_id[k.event], k.function, k.reason, k.detail,
        -- What stood in the way of a tick, its scheduler knows.
        case k.reason when 'overlap' then (k.facts::json ->> 'run')::uuid end, k.facts, v_now
      from unnest(k_event, k_id, k_function, k_reason, k_detail, k_facts) as k(event, id, function, reason, detail, facts)
      where v_new[k.event];
  end if;

  -- Names nobody ever waited on: hold their bucket until commit, so that the first wait on such a name cannot
  -- register between our look and our commit (it takes the bucket exclusively). Then look again.
  select array_agg(n.workspace), array_agg(n.name) into v_named_workspace, v_named
    from (select distinct e.workspace, e.name from unnest(e_workspace, e_name) as e(workspace, name)) as n;
  for v_bucket in
    select distinct durable.name_bucket(n.workspace, n.name) from unnest(v_named_workspace, v_named) as n(workspace, name)
    where not exists (select 1 from durable.wait_patterns p where p.workspace_id = n.workspace and p.event_name = n.name)
    order by 1
  loop
    perform pg_advisory_xact_lock_shared(7301, v_bucket);
  end loop;
  select array_agg(n.workspace), array_agg(n.name) into v_named_workspace, v_named
    from unnest(v_named_workspace, v_named) as n(workspace, name)
    where exists (select 1 from durable.wait_patterns p where p.workspace_id = n.workspace and p.event_name = n.name);
  if v_named is not null then
    with owed as (
      insert into durable.event_obligations (workspace_id, event_id)
        select e.workspace, e.id from unnest(v_new, e_workspace, e_id, e_name) as e(is_new, workspace, id, name)
        where e.is_new and (e.workspace, e.name) in (select * from unnest(v_named_workspace, v_named))
        returning event_id)
    select array_agg(event_id) into v_owed from owed;
  end if;

  if false = any (v_new) then
    o_state := v_state;
  end if;
  if v_owed is not null then
    o_owes := array(select id = any (v_owed) from unnest(e_id) with ordinality as q(id, no) order by no);
  end if;
end $function$
;

CREATE OR REPLACE FUNCTION durable.add_signing_secret(p_workspace integer, p_actor text, p_secret text)
 RETURNS TABLE(id integer, created_at timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_id int;
  v_created timestamptz;
begin
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.signing_secrets as s (workspace_id, secret) values (p_workspace, p_secret)
    returning s.id, s.created_at into v_id, v_created;
  insert into durable.audit (workspace_id, actor, action, target)
    values (p_workspace, p_actor, 'secret.create', v_id::text);
  return query select v_id, v_created;
end $function$
;

CREATE OR REPLACE FUNCTION durable.advance_look_back(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_at timestamp with time zone, p_event uuid, p_count integer, p_total integer)
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
    set looked_at = coalesce(p_at, w.looked_at), looked_id = coalesce(p_event, w.looked_id),
        looked_count = w.looked_count + p_count
    where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key and not w.looked_back
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

CREATE OR REPLACE FUNCTION durable.advance_schedules(s_workspace integer[], s_id text[], s_revision integer[], s_handled double precision[], s_next double precision[], s_tick double precision[], s_run uuid[], s_missed text[], s_detail text[])
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.durable_now();
  v_moved int[];
  v_event uuid[];
begin
  select array_agg(q.no), array_agg(durable.uuid_v7()) into v_moved, v_event from (
    select q.no from unnest(s_workspace, s_id, s_revision) with ordinality as q(workspace, id, revision, no)
    join durable.schedules s on s.workspace_id = q.workspace and s.id = q.id and s.revision = q.revision
    order by s.workspace_id, s.id for update of s) as q;
  if v_moved is null then
    return 0;
  end if;
  update durable.schedules s
    set handled_to = to_timestamp(s_handled[q.no]), next_at = to_timestamp(s_next[q.no]), revision = s.revision + 1,
        last_tick_at = coalesce(to_timestamp(s_tick[q.no]), s.last_tick_at), last_run_id = coalesce(
          (select r.id from durable.runs r where r.workspace_id = s.workspace_id and r.id = s_run[q.no]), s.last_run_id)
    from unnest(v_moved) as q(no) where s.workspace_id = s_workspace[q.no] and s.id = s_id[q.no];
  with told as (
    insert into durable.events (workspace_id, id, name, data, time, received_at)
      select s_workspace[q.no], q.event, 'durable.tick', s_missed[q.no], v_now, v_now
      from unnest(v_moved, v_event) as q(no, event) where s_missed[q.no] is not null
      returning workspace_id, id)
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select told.workspace_id, durable.uuid_v7(), told.id, s.function_id, 'missed', s_detail[q.no], s_missed[q.no], v_now
    from told join unnest(v_moved, v_event) as q(no, event) on q.event = told.id
    join durable.schedules s on s.workspace_id = told.workspace_id and s.id = s_id[q.no];
  return cardinality(v_moved);
end $function$
;

CREATE OR REPLACE FUNCTION durable.after_ms(p_at timestamp with time zone, p_ms double precision)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE
AS $function$ select p_at + p_ms * interval '1 millisecond' $function$
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
    where s.workspace_id = p_child.workspace_id and s.run_id = p_child.parent_run_id and s.step_id = p_child.parent_step_id
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
  where c.workspace_id = p_workspace and c.run_id = p_run
$function$
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
    left join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.parent_run_id
    left join durable.live_runs p on p.workspace_id = c.workspace_id and p.run_id = c.parent_run_id
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
    where c.workspace_id = p_workspace and c.parent_run_id = p_run and c.kind = 'spawn' and c.on_cancel = 'cascade'
    on conflict do nothing
$function$
;

CREATE OR REPLACE FUNCTION durable.change_schedule(p_workspace integer, p_actor text, p_id text, p_revision integer, p_cron text, p_tz text, p_jitter_ms double precision, p_catch_up text, p_overlap text, p_data text)
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
    set jitter_ms = p_jitter_ms, catch_up = p_catch_up, overlap = p_overlap, data = p_data, cron = p_cron, tz = p_tz, revision = s.revision + 1,
        handled_to = case when (s.cron, s.tz) = (p_cron, p_tz) then s.handled_to else v_now end,
        next_at = case when (s.cron, s.tz) = (p_cron, p_tz) or s.next_at is null then s.next_at else v_now end
    where s.workspace_id = p_workspace and s.id = p_id;
  perform durable.ensure_overlap_limit(p_workspace);
  insert into durable.audit (workspace_id, actor, action, target) values (p_workspace, p_actor, 'schedule.change', p_id);
  return 'changed';
end $function$
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
    set status = 'cancelled', due_at = null, settled_at = durable.durable_now(), committed_at = clock_timestamp()
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

CREATE OR REPLACE FUNCTION durable.commit_outcomes(p_engine integer, i_workspace integer[], i_run uuid[], i_fence uuid[], i_next uuid[], i_known integer[], i_settled integer[], i_kind text[], i_result text[], i_unclaimed integer[], i_pending boolean[], i_run_attempt integer[], i_transport_attempt integer[], i_retry_ms double precision[], i_scheduled double precision[], i_leased double precision[], i_sent double precision[], i_first_byte double precision[], i_received double precision[], i_app_ms real[], s_item integer[], s_ordinal integer[], s_id uuid[], s_op text[], s_name text[], s_n integer[], s_status text[], s_value text[], s_failure text[], s_attempt integer[], s_due_ms double precision[], s_due_at double precision[], a_item integer[] DEFAULT '{}'::integer[], a_step uuid[] DEFAULT '{}'::uuid[], a_attempt integer[] DEFAULT '{}'::integer[], a_outcome text[] DEFAULT '{}'::text[], a_failure text[] DEFAULT '{}'::text[], p_registry_workspace integer[] DEFAULT '{}'::integer[], p_registry_version integer[] DEFAULT '{}'::integer[], e_request integer[] DEFAULT '{}'::integer[], e_workspace integer[] DEFAULT '{}'::integer[], e_id uuid[] DEFAULT '{}'::uuid[], e_client_id text[] DEFAULT '{}'::text[], e_body_hash uuid[] DEFAULT '{}'::uuid[], e_name text[] DEFAULT '{}'::text[], e_data text[] DEFAULT '{}'::text[], e_time double precision[] DEFAULT '{}'::double precision[], r_event integer[] DEFAULT '{}'::integer[], r_function text[] DEFAULT '{}'::text[], r_version integer[] DEFAULT '{}'::integer[], r_run uuid[] DEFAULT '{}'::uuid[], f_item integer[] DEFAULT '{}'::integer[], f_kind text[] DEFAULT '{}'::text[], f_step uuid[] DEFAULT '{}'::uuid[], f_data text[] DEFAULT '{}'::text[], s_scope uuid[] DEFAULT '{}'::uuid[], r_run_gates text[] DEFAULT '{}'::text[], r_step_gates text[] DEFAULT '{}'::text[], r_units integer[] DEFAULT '{}'::integer[], g_workspace integer[] DEFAULT '{}'::integer[], g_id uuid[] DEFAULT '{}'::uuid[], g_limit uuid[] DEFAULT '{}'::uuid[], g_unit text[] DEFAULT '{}'::text[], g_key text[] DEFAULT '{}'::text[], r_begin_cause text[] DEFAULT '{}'::text[], r_begin_ms double precision[] DEFAULT '{}'::double precision[], r_begin_at double precision[] DEFAULT '{}'::double precision[], r_shapes text[] DEFAULT '{}'::text[], r_priority integer[] DEFAULT '{}'::integer[], r_tenant uuid[] DEFAULT '{}'::uuid[], q_workspace integer[] DEFAULT '{}'::integer[], q_id uuid[] DEFAULT '{}'::uuid[], q_queue uuid[] DEFAULT '{}'::uuid[], q_function text[] DEFAULT '{}'::text[], q_key text[] DEFAULT '{}'::text[], q_weight integer[] DEFAULT '{}'::integer[], OUT o_state text[], OUT o_seq integer[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_now timestamptz := durable.durable_now();
  v_rank bigint := durable.rank_of(v_now);
  v_state text[] := array_fill('applied'::text, array[cardinality(i_run)]);
  v_applied boolean[] := array_fill(false, array[cardinality(i_run)]);
  v_seq int[] := array_fill(0, array[cardinality(i_run)]);
  v_head int;
  v_status text;
  v_count int := 0;
  v_queued boolean := false;
  v_skip int[] := '{}';
  v_owing_workspace int[]; v_owing_run uuid[];  -- ended runs that owe others something
  v_row record;
begin
  if cardinality(p_registry_workspace) > 0 then
    perform 1 from unnest(p_registry_workspace, p_registry_version) as q(id, version)
      join durable.workspaces w on w.id = q.id where w.registry_version <> q.version;
    if found then
      o_state := array_fill('stale'::text, array[cardinality(i_run)]);
      o_seq := v_seq;
      return;
    end if;
  end if;

  -- Fence by compare-and-set. One statement for the group, which locks in the order in which the items came: the
  -- numbers are the outer side of its only possible join (a sequential scan is switched off where this is called).
  -- HOT: no index on anything it changes.
  for v_row in
    update durable.live_runs l
      set fence = i_next[q], journal_seq = l.journal_seq + i_settled[q],
          run_attempt = i_run_attempt[q], transport_attempt = i_transport_attempt[q], lost = 0,
          -- A pause and a move wait for the answer: a checkpoint has no lease of its own, and its dispatch goes on.
          engine_id = case when (l.pausing or l.moving and i_kind[q] = 'continue') and i_leased[q] is not null
                               or i_kind[q] in ('wait', 'requeue', 'paused') then null else l.engine_id end,
          pausing = l.pausing and i_leased[q] is null,
          moving = l.moving and i_leased[q] is null,
          status = case when l.pausing and i_leased[q] is not null or i_kind[q] = 'paused' then 'paused'
                        when i_kind[q] = 'continue' and l.moving and i_leased[q] is not null then 'queued'
                        when i_kind[q] not in ('wait', 'requeue') then l.status
                        -- Something settled while it ran and the holder has not seen it: it must be continued at once.
                        when i_kind[q] = 'requeue' or l.journal_seq <> i_known[q] then 'queued'
                        else 'waiting' end,
          ready_rank = case when l.pausing and i_leased[q] is not null then null
                            when i_kind[q] = 'continue' and l.moving and i_leased[q] is not null
                              or i_kind[q] = 'requeue' or i_kind[q] = 'wait' and l.journal_seq <> i_known[q] then v_rank + q end
      from generate_subscripts(i_run, 1) as q
      where l.workspace_id = i_workspace[q] and l.run_id = i_run[q] and l.fence = i_fence[q]
      returning q as no, l.journal_seq, l.status
  loop
    v_applied[v_row.no] := true;
    v_seq[v_row.no] := v_row.journal_seq;
    v_count := v_count + 1;
    v_queued := v_queued or v_row.status = 'queued';
    if v_row.status = 'paused' and i_kind[v_row.no] in ('continue', 'wait', 'requeue') then
      v_state[v_row.no] := 'paused';
    elsif v_row.status = 'queued' and i_kind[v_row.no] = 'continue' then
      v_state[v_row.no] := 'moved';
    end if;
  end loop;

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

  if cardinality(s_item) > 0 then
    insert into durable.steps as t (workspace_id, run_id, step_id, scope, seq, op, name, n, status, value, failure, attempt, due_at,
        scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms, settled_at)
      select i_workspace[i], i_run[i], s_id[s], s_scope[s], v_seq[i] - i_settled[i] + s_ordinal[s],
        s_op[s], s_name[s], s_n[s], s_status[s], s_value[s], s_failure[s], s_attempt[s],
        coalesce(to_timestamp(s_due_at[s]), v_now + s_due_ms[s] * interval '1 millisecond'),
        to_timestamp(i_scheduled[i]), to_timestamp(i_leased[i]), to_timestamp(i_sent[i]),
        to_timestamp(i_first_byte[i]), to_timestamp(i_received[i]), i_app_ms[i],
        case when s_ordinal[s] is not null then v_now end
      from (select s, s_item[s] as i from generate_subscripts(s_item, 1) as s) as q
      where v_applied[i]
      on conflict (workspace_id, run_id, step_id) do update
        set seq = excluded.seq, status = excluded.status, value = excluded.value, failure = excluded.failure,
            attempt = excluded.attempt, due_at = excluded.due_at, settled_at = excluded.settled_at,
            committed_at = clock_timestamp();
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

  if cardinality(a_item) > 0 then
    insert into durable.attempts (workspace_id, run_id, fence, step_id, attempt, outcome, failure,
        scheduled_at, leased_at, sent_at, first_byte_at, received_at, app_ms)
      select i_workspace[a.item], i_run[a.item], i_fence[a.item], a.step, a.attempt, a.outcome, a.failure,
        to_timestamp(i_scheduled[a.item]), to_timestamp(i_leased[a.item]), to_timestamp(i_sent[a.item]),
        to_timestamp(i_first_byte[a.item]), to_timestamp(i_received[a.item]), i_app_ms[a.item]
      from unnest(a_item, a_step, a_attempt, a_outcome, a_failure) as a(item, step, attempt, outcome, failure)
      where v_applied[a.item]
      on conflict do nothing;
  end if;

  -- Effects before sent events: an event sent in the same answer can resolve a wait of it.
  if cardinality(f_item) > 0 then
    perform durable.apply_effects(array_agg(f.kind order by f.no), array_agg(i_workspace[f.item] order by f.no),
        array_agg(i_run[f.item] order by f.no), array_agg(f.step order by f.no), array_agg(f.data order by f.no))
      from unnest(f_item, f_kind, f_step, f_data) with ordinality as f(item, kind, step, data, no)
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
          sent_at = to_timestamp(i_sent[q]), first_byte_at = to_timestamp(i_first_byte[q]),
          received_at = to_timestamp(i_received[q]), app_ms = i_app_ms[q]
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
    if true = any (i_pending) then
      perform durable.close_runs(array_agg(i_workspace[q]), array_agg(i_run[q])) from generate_subscripts(i_run, 1) as q
        where v_applied[q] and i_pending[q] and i_kind[q] in ('completed', 'failed', 'cancelled') having count(*) > 0;
    end if;
  end if;

  if 'paused' = any (i_kind) then
    update durable.runs r set pause_reason = q.result
      from unnest(i_workspace, i_run, i_kind, i_result, v_applied) as q(workspace, run, kind, result, applied)
      where q.applied and q.kind = 'paused' and r.workspace_id = q.workspace and r.id = q.run;
  end if;

  if cardinality(e_id) > 0 then
    perform durable.accept_events(p_engine, '{}', '{}', e_request, e_workspace, e_id, e_client_id, e_body_hash,
      e_name, e_data, e_time, r_event, r_function, r_version, r_run, array_fill(null::uuid, array[cardinality(r_run)]), v_skip, p_cancels => true,
      r_run_gates => r_run_gates, r_step_gates => r_step_gates, r_units => r_units,
      g_workspace => g_workspace, g_id => g_id, g_limit => g_limit, g_unit => g_unit, g_key => g_key,
      r_begin_cause => r_begin_cause, r_begin_ms => r_begin_ms, r_begin_at => r_begin_at, r_shapes => r_shapes,
      r_priority => r_priority, r_tenant => r_tenant,
      q_workspace => q_workspace, q_id => q_id, q_queue => q_queue, q_function => q_function, q_key => q_key, q_weight => q_weight);
  end if;

  insert into durable.changes (workspace_id, run_id, kind, journal_seq)
    select i_workspace[q], i_run[q], 'run.' || case v_state[q] when 'paused' then 'paused' when 'moved' then 'requeue' else i_kind[q] end, v_seq[q] from generate_subscripts(i_run, 1) as q where v_applied[q];

  o_state := v_state;
  o_seq := v_seq;
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
    set attempt = i_attempt[q], scheduled_at = to_timestamp(i_scheduled[q]), leased_at = to_timestamp(i_leased[q]),
        sent_at = to_timestamp(i_sent[q]), first_byte_at = to_timestamp(i_first_byte[q]),
        received_at = to_timestamp(i_received[q]), app_ms = i_app_ms[q],
        status = case when i_status[q] = 'retrying' or i_attempt[q] > t.attempt and i_status[q] = 'paused' then 'retrying' else t.status end,
        failure = case when i_status[q] = 'retrying' then i_failure[q] else t.failure end,
        due_at = case when i_status[q] = 'retrying' then v_now + i_retry_ms[q] * interval '1 millisecond' end,
        committed_at = clock_timestamp()
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

CREATE OR REPLACE FUNCTION durable.conditional_waits(p_workspace integer, p_event uuid, p_run uuid, p_step uuid, p_key text, p_limit integer)
 RETURNS TABLE(run_id uuid, step_id uuid, key text, condition text, trigger text)
 LANGUAGE sql
 STABLE
AS $function$
  select w.run_id, w.step_id, w.key, w.condition, durable.trigger_seen(w)
  from durable.events e
  join durable.wait_patterns p on p.workspace_id = e.workspace_id and p.event_name = e.name
  join durable.waits w on w.workspace_id = e.workspace_id and w.event_name = e.name
    and w.match_hash = durable.match_hash(p.paths, durable.comparable(e.data))
  where e.workspace_id = p_workspace and e.id = p_event and w.condition is not null and w.event_id is null
    and e.received_at >= w.since and (w.until is null or e.received_at <= w.until)
    and (w.run_id, w.step_id, w.key) > (p_run, p_step, p_key)
  order by w.run_id, w.step_id, w.key limit p_limit
$function$
;

CREATE OR REPLACE FUNCTION durable.create_schedule(p_workspace integer, p_actor text, p_id text, p_function text, p_cron text, p_tz text, p_jitter_ms double precision, p_catch_up text, p_overlap text, p_data text)
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
      (workspace_id, id, function_id, is_declared, cron, tz, jitter_ms, catch_up, overlap, data, handled_to, next_at, created_at)
    values (p_workspace, p_id, p_function, false, p_cron, p_tz, p_jitter_ms, p_catch_up, p_overlap, p_data, v_now, v_now, v_now)
    on conflict do nothing;
  if not found then
    return case when exists (select 1 from durable.schedules s where s.workspace_id = p_workspace and s.id = p_id
      and (s.function_id, s.cron, s.tz, s.jitter_ms, s.catch_up, s.overlap, s.data)
        is not distinct from (p_function, p_cron, p_tz, p_jitter_ms, p_catch_up, p_overlap, p_data)) then 'same' else 'taken' end;
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

CREATE OR REPLACE FUNCTION durable.declare_schedules(p_workspace integer, c_id text[], c_function text[], c_cron text[], c_tz text[], c_jitter_ms double precision[], c_catch_up text[], c_overlap text[], c_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  v_now constant timestamptz := durable.schedule_now();
begin
  update durable.schedules s set removed_at = v_now, next_at = null, revision = s.revision + 1
    where s.workspace_id = p_workspace and s.is_declared and s.removed_at is null and s.id <> all (c_id);
  insert into durable.schedules as s
      (workspace_id, id, function_id, is_declared, cron, tz, jitter_ms, catch_up, overlap, data, handled_to, next_at, created_at)
    select p_workspace, c.id, c.function_id, true, c.cron, c.tz, c.jitter_ms, c.catch_up, c.overlap, c.data, v_now, v_now, v_now
    from unnest(c_id, c_function, c_cron, c_tz, c_jitter_ms, c_catch_up, c_overlap, c_data)
      as c(id, function_id, cron, tz, jitter_ms, catch_up, overlap, data) order by c.id
    on conflict (workspace_id, id) do update
      set jitter_ms = excluded.jitter_ms, catch_up = excluded.catch_up, overlap = excluded.overlap, data = excluded.data,
          handled_to = case when s.removed_at is null then s.handled_to else v_now end,
          next_at = case when s.removed_at is null then s.next_at when s.paused_at is null then v_now end,
          removed_at = null, revision = s.revision + 1
      where s.removed_at is not null or (s.jitter_ms, s.catch_up, s.overlap, s.data)
        is distinct from (excluded.jitter_ms, excluded.catch_up, excluded.overlap, excluded.data);
  update durable.schedules s
    set next_at = case when durable.is_served(p_workspace, s.function_id) then v_now end, handled_to = v_now, revision = s.revision + 1
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
    join durable.children c on c.workspace_id = p.workspace and c.parent_run_id = p.run and c.parent_step_id = p.step
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
  insert into durable.checkpoints as c (workspace_id, run_id, fence, seq, live_fence, body_sha256, journal_seq)
    select q.workspace, q.run, (q.data::json ->> 'fence')::uuid, (q.data::json ->> 'seq')::int, l.fence, q.data::json ->> 'sha256',
      l.journal_seq
    from unnest(q_workspace, q_run, q_data) as q(workspace, run, data)
    join durable.live_runs l on l.workspace_id = q.workspace and l.run_id = q.run
    on conflict (workspace_id, run_id) do update
      set fence = excluded.fence, seq = excluded.seq, live_fence = excluded.live_fence, body_sha256 = excluded.body_sha256,
          journal_seq = excluded.journal_seq, at = excluded.at;
end $function$
;

CREATE OR REPLACE FUNCTION durable.effect_child(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE sql
AS $function$
  insert into durable.children (workspace_id, run_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select f_workspace[q], (d ->> 'run')::uuid, f_run[q], f_step[q], d ->> 'kind', d ->> 'on_cancel', (d ->> 'depth')::int
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::json as d) as parsed
$function$
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
  insert into durable.logs (workspace_id, run_id, step_id, attempt, no, level, message, data, at)
    select f_workspace[q], f_run[q], f_step[q], (f_data[q]::json ->> 'attempt')::int, l.no,
      l.line ->> 'level', l.line ->> 'message', l.line ->> 'data', to_timestamp((l.line ->> 'at')::float8 / 1000)
    from generate_subscripts(f_run, 1) as q,
      json_array_elements(f_data[q]::json -> 'lines') with ordinality as l(line, no)
    order by q, l.no
$function$
;

CREATE OR REPLACE FUNCTION durable.effect_skip(f_workspace integer[], f_run uuid[], f_step uuid[], f_data text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, facts, at)
    select f_workspace[q], (d ->> 'id')::uuid, (d ->> 'event')::uuid, d ->> 'function', d ->> 'reason', d ->> 'detail',
      d ->> 'facts', durable.durable_now()
    from generate_subscripts(f_run, 1) as q, lateral (select f_data[q]::jsonb as d) as parsed
    where not exists (select 1 from durable.event_ids k
      where k.workspace_id = f_workspace[q] and k.client_id = d ->> 'client' and k.event_id <> (d ->> 'event')::uuid)
    on conflict do nothing;
  perform durable.tell_of_skips(array_agg(f_workspace[q]), array_agg((f_data[q]::json ->> 'event')::uuid)) from generate_subscripts(f_run, 1) as q;
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
  perform durable.limit_runs(array_agg(f_workspace[q]), array_agg((d ->> 'run')::uuid), array_agg(d ->> 'kind'),
      array_agg((d ->> 'ms')::float8))
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
    insert into durable.workspaces (app, environment) values (p_app, p_environment) on conflict do nothing;
  end loop;
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

CREATE OR REPLACE FUNCTION durable.failed_step(p_run runs)
 RETURNS text
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce((
    select json_build_object('id', replace(s.step_id::text, '-', ''), 'name', s.name)::text from durable.steps s
    where s.workspace_id = p_run.workspace_id and s.run_id = p_run.id
      and s.step_id = case when p_run.failure::json ->> 'step' ~ '^[0-9a-f]{32}$' then (p_run.failure::json ->> 'step')::uuid end), 'null')
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
            where c.workspace_id = t.workspace_id and c.parent_run_id = t.run_id and c.parent_step_id = t.step_id))
        returning t.workspace_id, t.run_id, t.step_id, t.kind, t.due_at)
    select array_agg(workspace_id), array_agg(run_id), array_agg(step_id), array_agg(kind)
      into f_workspace, f_run, f_step, f_kind from (select * from gone order by workspace_id, run_id, due_at, step_id) as g;
    if f_run is not null then
      with woken as (
        update durable.live_runs l set status = 'queued', ready_rank = v_rank
          where l.status = 'waiting' and (l.workspace_id, l.run_id) in (
            select f.workspace, f.run from unnest(f_workspace, f_run, f_kind) as f(workspace, run, kind) where f.kind in ('retry', 'begin'))
          returning l.workspace_id, l.run_id)
      insert into durable.ready (rank, workspace_id, run_id) select v_rank, workspace_id, run_id from woken;
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
    -- Those that can only go on after this run, as long as they wait for it.
    select c.parent_run_id as id from durable.children c
      where c.workspace_id = p_workspace and c.run_id = p_run and durable.awaits_child(c)
    union all
    select c.parent_run_id from parent p join durable.children c on c.workspace_id = p_workspace and c.run_id = p.id
      where durable.awaits_child(c)
  ), circle as materialized (
    select coalesce(array_agg(p.id), '{}') as runs from parent p
      where exists (select 1 from durable.grants t where t.workspace_id = p_workspace and t.run_id = p.id and t.gate_id = p_gate)
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
  update durable.waits w set looked_back = false, looked_at = null, looked_id = null, looked_count = 0
    from freed f join durable.events e on e.workspace_id = f.workspace_id and e.id = f.event_id
    where w.workspace_id = f.workspace_id and w.run_id = f.run_id and w.event_name = e.name and w.event_id is null
      and w.mode <> 'cancel' and e.received_at >= w.since
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

CREATE OR REPLACE FUNCTION durable.heartbeat(p_engine integer)
 RETURNS double precision
 LANGUAGE plpgsql
AS $function$
begin
  perform set_config('synchronous_commit', 'off', true);
  update durable.engines set seen_at = clock_timestamp() where id = p_engine and state in ('live', 'draining');
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
    delete from durable.ready r using unnest(v_no) as q
      where r.rank = p_rank[q] and r.workspace_id = p_workspace[q] and r.run_id = p_run[q] and r.step_id = p_step[q];
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
  delete from durable.parked k using unnest(v_no) as q
    where k.workspace_id = p_workspace and k.gate_id = k_gate[q] and k.rank = k_rank[q] and k.run_id = k_run[q] and k.step_id = k_step[q];
  insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
    select p_workspace, h.pause, k_rank[h.q], k_run[h.q], k_step[h.q] from unnest(v_no, v_pause) as h(q, pause);
  update durable.gates g set parked = g.parked - c.jobs
    from (select k_gate[q] as id, count(*)::int as jobs from unnest(v_no) as q group by 1) as c
    where g.workspace_id = p_workspace and g.id = c.id;
  return true;
end $function$
;

CREATE OR REPLACE FUNCTION durable.holds_lease(p_live live_runs, p_step uuid, p_fence uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select p_live.fence = p_fence
    or exists (select 1 from durable.checkpoints c where c.workspace_id = p_live.workspace_id and c.run_id = p_live.run_id
      and c.fence = p_fence and c.live_fence = p_live.fence)
    or exists (select 1 from durable.tasks t where t.workspace_id = p_live.workspace_id and t.run_id = p_live.run_id
      and t.step_id = p_step and t.fence = p_fence and t.status = 'running')
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

CREATE OR REPLACE FUNCTION durable.is_asleep(p_workspace integer, p_run uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run
    and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin')
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

CREATE OR REPLACE FUNCTION durable.is_served(p_workspace integer, p_function text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select exists (select 1 from durable.functions f
    where f.workspace_id = p_workspace and f.id = p_function and f.removed_at is null)
$function$
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

CREATE OR REPLACE FUNCTION durable.look_back(q_workspace integer[], q_run uuid[], q_step uuid[], p_limit integer, p_total integer, OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[], OUT o_left integer)
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  v_wait durable.waits;
  v_paths text[];
  v_past record;
  v_settled record;
begin
  o_resolved := 0;
  perform 1 from durable.live_runs l
    where (l.workspace_id, l.run_id) in (select * from unnest(q_workspace, q_run))
    order by l.workspace_id, l.run_id for update;
  for v_wait in
    select w.* from (select distinct * from unnest(q_workspace, q_run, q_step)) as q(workspace, run, step)
    join durable.waits w on w.workspace_id = q.workspace and w.run_id = q.run and w.step_id = q.step
    where not w.looked_back and w.condition is null
    order by w.workspace_id, w.run_id, w.ordinal
  loop
    -- Another row may have ended the wait, or filled this one.
    continue when not exists (select 1 from durable.waits w where w.workspace_id = v_wait.workspace_id
      and w.run_id = v_wait.run_id and w.step_id = v_wait.step_id and w.key = v_wait.key and not w.looked_back);
    v_paths := durable.match_paths(v_wait.match::jsonb);
    select min(e.n) filter (where e.is_match) as first, count(*)::int as count, max(e.received_at) as at,
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
          select coalesce(array_agg(w.step_id), '{}') as steps, coalesce(array_agg(w.key), '{}') as keys
          from durable.run_waits(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key, v_past.id) as w
          where w.condition is null
        ) as c
        cross join lateral durable.settle_past(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key,
          v_past.id, v_past.first::int, c.steps, c.keys, '{}') as m;
      o_resolved := o_resolved + v_settled.o_resolved;
      o_cancelled_workspace := o_cancelled_workspace || v_settled.o_cancelled_workspace;
      o_cancelled_run := o_cancelled_run || v_settled.o_cancelled_run;
    else
      perform durable.advance_look_back(v_wait.workspace_id, v_wait.run_id, v_wait.step_id, v_wait.key,
        v_past.at, v_past.last, v_past.count, p_total);
    end if;
  end loop;
  select count(*)::int into o_left from (select distinct * from unnest(q_workspace, q_run, q_step)) as q(workspace, run, step)
    join durable.waits w on w.workspace_id = q.workspace and w.run_id = q.run and w.step_id = q.step
    where not w.looked_back;
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

CREATE OR REPLACE FUNCTION durable.match_events(q_workspace integer[], q_event uuid[], OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[], OUT o_conditional uuid[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  c_workspace int[]; c_run uuid[]; c_step uuid[]; c_key text[]; c_event uuid[];
begin
  select array_agg(c.workspace_id) filter (where c.condition is null), array_agg(c.run_id) filter (where c.condition is null),
      array_agg(c.step_id) filter (where c.condition is null), array_agg(c.key) filter (where c.condition is null),
      array_agg(c.event_id) filter (where c.condition is null),
      coalesce(array_agg(distinct c.event_id) filter (where c.condition is not null), '{}')
    into c_workspace, c_run, c_step, c_key, c_event, o_conditional
    from (
      select w.workspace_id, w.run_id, w.step_id, w.key, w.condition, e.id as event_id
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

CREATE OR REPLACE FUNCTION durable.note_starts(p_workspace integer[], p_run uuid[], p_rank bigint[], p_taken boolean[])
 RETURNS void
 LANGUAGE sql
AS $function$
  update durable.virtual_times v set at = s.rank
    from (
      select t.workspace_id, t.queue_id, max(p_rank[q]) as rank from generate_subscripts(p_run, 1) as q
      join durable.live_runs l on l.workspace_id = p_workspace[q] and l.run_id = p_run[q]
      join durable.tenants t on t.workspace_id = l.workspace_id and t.id = l.tenant
      where p_taken[q] group by 1, 2) as s
    where v.workspace_id = s.workspace_id and v.id = s.queue_id and v.at < s.rank
$function$
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
  v_passed boolean[] := array_fill(false, array[cardinality(q_run)]);
  t_run uuid[] := '{}'; t_step uuid[] := '{}'; t_gate uuid[] := '{}';       -- grants
  k_no int[] := '{}'; k_gate uuid[] := '{}';                                -- parked anew
  d_no int[] := '{}';                                                       -- dropped
  v_at int[];
  v_full int;
  v_from int;
  v_job record;
  v_gate int;
  v_open timestamptz;
  v_head bigint;
begin
  select array_agg(g.id), array_agg(g.unit), array_agg(durable.limit_now(l)), array_agg(l.period_ms / nullif(durable.limit_now(l), 0)),
      array_agg(l.burst), array_agg(g.used), array_agg(g.parked), array_agg(g.opens_at)
    into g_id, g_unit, g_max, g_pause, g_burst, g_used, g_parked, g_opens
    from durable.gates g left join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
    where g.workspace_id = p_workspace and (g.id = any (q_from) or g.id in (
      select unnest(l.run_gates || l.step_gates) from durable.live_runs l
      where l.workspace_id = p_workspace and l.run_id = any (q_run)));
  g_due := array_fill(null::timestamptz, array[coalesce(cardinality(g_id), 0)]);
  g_head := array_fill(null::bigint, array[coalesce(cardinality(g_id), 0)]);
  g_out := array_fill(0, array[coalesce(cardinality(g_id), 0)]);
  g_in := array_fill(null::bigint, array[coalesce(cardinality(g_id), 0)]);
  g_kept := array_fill(false, array[coalesce(cardinality(g_id), 0)]);

  for v_job in
    select q.no, q.run, q.step, q_rank[q.no] as rank, q.from_gate, coalesce(l.units, 1) as units, durable.gates_ahead(l, q.step) as ahead,
      case when q.step = c_lease then l.status = 'queued' and l.ready_rank = q_rank[q.no] else exists (
        select 1 from durable.tasks t where t.workspace_id = p_workspace and t.run_id = q.run and t.step_id = q.step
          and t.status = 'queued' and t.ready_rank = q_rank[q.no]) end as is_current
    from unnest(q_run, q_step, q_from) with ordinality as q(run, step, from_gate, no)
    left join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = q.run order by q.no
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
  delete from durable.parked k using generate_subscripts(q_run, 1) as q
    where q_from[q] is not null and (v_passed[q] or q = any (k_no) or q = any (d_no))
      and k.workspace_id = p_workspace and k.gate_id = q_from[q] and k.rank = q_rank[q] and k.run_id = q_run[q] and k.step_id = q_step[q];
  delete from durable.ready r using unnest(k_no) as q
    where q_from[q] is null
      and r.rank = q_rank[q] and r.workspace_id = p_workspace and r.run_id = q_run[q] and r.step_id = q_step[q];
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

CREATE OR REPLACE FUNCTION durable.past_events(q_workspace integer[], q_run uuid[], q_step uuid[], p_limit integer)
 RETURNS TABLE(workspace_id integer, run_id uuid, step_id uuid, key text, condition text, trigger text, event_id uuid, received_at timestamp with time zone, event text, meets boolean)
 LANGUAGE sql
 STABLE
AS $function$
  select w.workspace_id, w.run_id, w.step_id, w.key, w.condition,
    case when strpos(w.condition, 'trigger') > 0 then durable.event_json(t) end,
    e.id, e.received_at, case when m.meets then durable.event_json(e) end, m.meets
  from (select distinct * from unnest(q_workspace, q_run, q_step)) as q(workspace, run, step)
  join durable.waits w on w.workspace_id = q.workspace and w.run_id = q.run and w.step_id = q.step
  join durable.runs r on r.workspace_id = w.workspace_id and r.id = w.run_id
  join durable.events t on t.workspace_id = r.workspace_id and t.id = r.event_id
  left join lateral durable.events_after(w, p_limit) as e on true
  left join lateral (select e.id <> r.event_id and (w.until is null or e.received_at <= w.until)
      and durable.match_hash(durable.match_paths(w.match::jsonb), durable.comparable(e.data)) = w.match_hash
      and not exists (select 1 from durable.taken_events k where k.workspace_id = w.workspace_id
                      and k.run_id = w.run_id and k.event_id = e.id) as meets) as m on true
  where not w.looked_back and w.condition is not null
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
  if v_live.status = 'running' then
    return 'pausing';
  end if;
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.paused', v_live.journal_seq);
  return 'paused';
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
    set paused_at = case when p_paused then v_now end, handled_to = v_now, revision = s.revision + 1,
        next_at = case when not p_paused and s.removed_at is null and durable.is_served(p_workspace, s.function_id) then v_now end
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
    join durable.live_runs l on l.workspace_id = p_workspace[q] and l.run_id = p_run[q]
    join pause p on p.workspace_id = l.workspace_id
      and durable.is_paused_by((p.workspace_id, p.id, p.kind, p.function_id, p.limit_id, p.key, p.actor, p.reason, p.since, p.ending)::durable.pauses, l)
    where p_on[q]
    order by q, p.since, p.id;
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
  select array_agg(j.run_id order by j.rank), array_agg(j.step_id order by j.rank), array_agg(j.rank order by j.rank), array_agg(j.gate_id order by j.rank)
    into q_run, q_step, q_rank, q_from
    from unnest(n_gate, n_count) as n(gate, count)
    cross join lateral (
      select k.gate_id, k.rank, k.run_id, k.step_id from durable.parked k
      where k.workspace_id = p_workspace and k.gate_id = n.gate
      order by k.rank, k.run_id, k.step_id limit n.count for update skip locked) as j;
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
    from unnest(array['durable.run.completed', 'durable.run.failed', 'durable.run.cancelled']) as n(name)
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
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  o_resumed := false;
  select * into v_live from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  if not found then
    select r.status into o_status from durable.runs r where r.workspace_id = p_workspace and r.id = p_run;
    return;
  end if;
  o_resumed := v_live.pausing or v_live.status = 'paused';
  o_status := case when v_live.status <> 'paused' then durable.shown_status(v_live)
    when durable.is_asleep(p_workspace, p_run) then 'waiting' else 'queued' end;
  if not o_resumed then
    return;
  end if;
  update durable.runs set pause_reason = null where workspace_id = p_workspace and id = p_run;
  insert into durable.audit (workspace_id, actor, action, target, detail)
    values (p_workspace, p_actor, 'run.resume', p_run::text, p_reason);
  if v_live.status <> 'paused' then
    update durable.live_runs set pausing = false where workspace_id = p_workspace and run_id = p_run;
    return;
  end if;
  update durable.live_runs
    set status = o_status, ready_rank = case when o_status = 'queued' then v_rank end, run_attempt = 0, transport_attempt = 0,
        lost = 0, fence = gen_random_uuid()
    where workspace_id = p_workspace and run_id = p_run;
  insert into durable.ready (rank, workspace_id, run_id) select v_rank, p_workspace, p_run where o_status = 'queued';
  update durable.steps set resumed_after = attempt, due_at = null
    where workspace_id = p_workspace and run_id = p_run and seq is null and status = 'retrying';
  delete from durable.timers where workspace_id = p_workspace and run_id = p_run and kind in ('retry', 'task');
  perform durable.requeue_stopped_tasks(p_workspace, p_run);
  insert into durable.changes (workspace_id, run_id, kind, journal_seq) values (p_workspace, p_run, 'run.resumed', v_live.journal_seq);
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

CREATE OR REPLACE FUNCTION durable.retire_signing_secret(p_workspace integer, p_actor text, p_id integer)
 RETURNS text
 LANGUAGE plpgsql
AS $function$
declare
  v_retired_at timestamptz;
begin
  -- Two retirements at once must not each leave the other's secret as the last one.
  perform 1 from durable.workspaces w where w.id = p_workspace for update;
  select s.retired_at into v_retired_at from durable.signing_secrets s where s.workspace_id = p_workspace and s.id = p_id;
  if not found then
    return null;
  elsif v_retired_at is not null then
    return 'already';
  elsif not exists (select 1 from durable.signing_secrets s
                    where s.workspace_id = p_workspace and s.id <> p_id and s.retired_at is null) then
    return 'last';
  end if;
  update durable.signing_secrets s set retired_at = clock_timestamp() where s.workspace_id = p_workspace and s.id = p_id;
  update durable.workspaces w set registry_version = w.registry_version + 1 where w.id = p_workspace;
  insert into durable.audit (workspace_id, actor, action, target)
    values (p_workspace, p_actor, 'secret.retire', p_id::text);
  return 'retired';
end $function$
;

CREATE OR REPLACE FUNCTION durable.rfc3339(p_at timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$function$
;

CREATE OR REPLACE FUNCTION durable.run_anyway(p_workspace integer, p_skip uuid, p_actor text, p_run uuid, p_version integer, p_run_gates uuid[], p_step_gates uuid[], p_units integer, t_kind text[], t_ms double precision[], g_id uuid[], g_limit uuid[], g_unit text[], g_key text[])
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  v_skip durable.skips;
  v_rank bigint := durable.rank_of(durable.durable_now());
begin
  select * into v_skip from durable.skips where workspace_id = p_workspace and id = p_skip for update;
  if not found or v_skip.started_run is not null then
    return v_skip.started_run;
  end if;
  update durable.skips set started_run = p_run where workspace_id = p_workspace and id = p_skip;
  insert into durable.runs (workspace_id, id, function_id, function_version, event_id, created_at)
    values (p_workspace, p_run, v_skip.function_id, p_version, v_skip.event_id, durable.durable_now());
  insert into durable.gatekeepers (workspace_id) select p_workspace where cardinality(g_id) > 0 on conflict do nothing;
  insert into durable.gates (workspace_id, id, limit_id, unit, key)
    select p_workspace, g.* from unnest(g_id, g_limit, g_unit, g_key) as g(id, limit_id, unit, key) order by g.id
    on conflict (workspace_id, id) do update set touched_on = excluded.touched_on;
  insert into durable.live_runs (workspace_id, run_id, status, fence, run_gates, step_gates, units, ready_rank)
    values (p_workspace, p_run, 'queued', gen_random_uuid(), p_run_gates, p_step_gates, p_units, v_rank);
  insert into durable.ready (rank, workspace_id, run_id) values (v_rank, p_workspace, p_run);
  perform durable.limit_runs(array_fill(p_workspace, array[cardinality(t_kind)]), array_fill(p_run, array[cardinality(t_kind)]), t_kind, t_ms)
    where cardinality(t_kind) > 0;
  perform durable.open_cancels(array[p_workspace], array[p_run]);
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

CREATE OR REPLACE FUNCTION durable.run_waits(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_event uuid)
 RETURNS TABLE(step_id uuid, key text, condition text, trigger text)
 LANGUAGE sql
 STABLE
AS $function$
  select w.step_id, w.key, w.condition, durable.trigger_seen(w)
  from durable.waits w join durable.events e on e.workspace_id = p_workspace and e.id = p_event
  where w.workspace_id = p_workspace and w.run_id = p_run and w.event_name = e.name and w.event_id is null
    and e.received_at >= w.since and (w.until is null or e.received_at <= w.until)
    and durable.match_hash(durable.match_paths(w.match::jsonb), durable.comparable(e.data)) = w.match_hash
    and (w.mode <> 'cancel' or w.step_id = p_step and w.key = p_key)
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
    select l.run_id, c.kind, c.step_id, c.due_at, c.came, c.child from live l cross join lateral (
      select 0 as no, 'paused' as kind, '00000000-0000-0000-0000-000000000000'::uuid as step_id, null::timestamptz as due_at, null::bigint as came, null::uuid as child
        where l.status = 'paused'
      union all
      select 1, 'held', h.step_id, null, h.came, null from held h where h.run_id = l.run_id and l.status <> 'paused'
      union all
      select 2, 'gate', s.step_id, null, s.came, null from stopped s where s.run_id = l.run_id and l.status <> 'paused'
      union all
      select 3, 'circuit', j.step_id, null, j.came, null from job j cross join circuit where j.run_id = l.run_id and l.status <> 'paused'
      union all
      select 4, case t.kind when 'begin' then 'begin' else 'retry' end, t.step_id, t.due_at, null, null from durable.timers t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.kind in ('begin', 'retry', 'task')
      union all
      select 5, 'slot', j.step_id, null, j.came, null from job j where j.run_id = l.run_id and l.status <> 'paused'
      union all
      select 6, 'step', t.step_id, null, null, null from durable.tasks t
        where l.status = 'waiting' and t.workspace_id = p_workspace and t.run_id = l.run_id and t.status = 'running'
      union all
      select 7, 'child', c.parent_step_id, null, null, c.run_id from durable.children c
        where l.status = 'waiting' and c.workspace_id = p_workspace and c.parent_run_id = l.run_id and durable.awaits_child(c)
      union all
      select 8, 'input', i.step_id, i.due_at, null, null from durable.inputs i
        where l.status = 'waiting' and i.workspace_id = p_workspace and i.run_id = l.run_id and i.status = 'open'
      union all
      select 9, case w.mode when 'signal' then 'signal' else 'event' end, w.step_id, null, null, null from durable.waits w
        where l.status = 'waiting' and w.workspace_id = p_workspace and w.run_id = l.run_id and w.mode <> 'cancel' and w.event_id is null
      union all
      select 10, 'sleep', t.step_id, t.due_at, null, null from durable.timers t
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
        'status', coalesce(r.status, durable.shown_status(o)))
      from durable.runs r left join durable.live_runs o on o.workspace_id = r.workspace_id and o.run_id = r.id
      where r.workspace_id = p_workspace and r.id = c.child) end,
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
      select c.workspace_id, c.parent_run_id from unnest(q_workspace, q_run) as q(workspace, run)
      join durable.children c on c.workspace_id = q.workspace and c.run_id = q.run)
    order by l.workspace_id, l.run_id for update;
  perform durable.settle_entries(array_agg(e.workspace_id), array_agg(e.parent_run_id), array_agg(e.parent_step_id),
      array_agg(e.output), array_agg(null::uuid), array_agg(e.failure))
    from (
      select c.workspace_id, c.parent_run_id, c.parent_step_id, r.output,
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
          settled_at = v_now, committed_at = clock_timestamp()
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

CREATE OR REPLACE FUNCTION durable.settle_past(p_workspace integer, p_run uuid, p_step uuid, p_key text, p_event uuid, p_count integer, c_step uuid[], c_key text[], c_failure text[], OUT o_resolved integer, OUT o_cancelled_workspace integer[], OUT o_cancelled_run uuid[])
 RETURNS record
 LANGUAGE plpgsql
AS $function$
begin
  perform 1 from durable.live_runs l where l.workspace_id = p_workspace and l.run_id = p_run for update;
  update durable.waits w
    set looked_at = e.received_at, looked_id = e.id, looked_count = w.looked_count + p_count
    from durable.events e
    where w.workspace_id = p_workspace and w.run_id = p_run and w.step_id = p_step and w.key = p_key and not w.looked_back
      and e.workspace_id = p_workspace and e.id = p_event;
  select m.* into o_resolved, o_cancelled_workspace, o_cancelled_run
    from durable.settle_matches(array_fill(p_workspace, array[cardinality(c_step)]), array_fill(p_run, array[cardinality(c_step)]),
      c_step, c_key, array_fill(p_event, array[cardinality(c_step)]), c_failure) as m;
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

  -- All keys in order, for the length of the commit.
  insert into durable.shape_keys (workspace_id, id, function_id, kind, key, touched_at)
    select distinct on (s_workspace[q], (e.spec ->> 'id')::uuid) s_workspace[q], (e.spec ->> 'id')::uuid, s_function[q], e.kind, e.spec ->> 'key', v_now
    from generate_subscripts(s_run, 1) as q cross join lateral jsonb_each(s_shapes[q]::jsonb) as e(kind, spec)
    where s_new[q] and s_shapes[q] is not null
    order by 1, 2
    on conflict (workspace_id, id) do update set touched_at = excluded.touched_at;

  for q in 1 .. cardinality(s_run) loop
    continue when s_shapes[q] is null or not s_new[q];
    v_shapes := s_shapes[q]::jsonb;
    v_not_before := o_begin[q];

    v_spec := v_shapes -> 'idempotency';
    if v_spec is not null then
      select * into k from durable.shape_keys where workspace_id = s_workspace[q] and id = (v_spec ->> 'id')::uuid;
      if k.until > v_now then
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
      if k.until > v_now then
        o_born[q] := false;
        v_until := least(durable.after_ms(v_now, (v_spec ->> 'quiet_ms')::float8), durable.after_ms(k.since, (v_spec ->> 'max_ms')::float8));
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
        v_begin := greatest(v_not_before, case when v_full then v_now else durable.begin_of(v_spec, k.since, v_now) end);
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
        v_slot := greatest(v_now, durable.after_ms(k.until, -v_pause * ((v_spec ->> 'burst')::int - 1)));
        v_until := durable.after_ms(greatest(k.until, v_now), v_pause);
      else
        v_starts := array(select s from unnest(k.starts) with ordinality as u(s, no)
          where durable.after_ms(s, (v_spec ->> 'ms')::float8) > v_now order by no);
        v_slot := greatest(v_now, durable.after_ms(v_starts[cardinality(v_starts) - (v_spec ->> 'limit')::int + 1], (v_spec ->> 'ms')::float8));
        v_starts := v_starts || v_slot;
        v_until := durable.after_ms(v_slot, (v_spec ->> 'ms')::float8);
      end if;
      if v_slot > v_now and ((v_spec ->> 'delay')::boolean is not true or v_slot > v_now + c_later_max) then
        o_born[q] := false;
        perform durable.skip_event(s_workspace[q], s_event[q], s_function[q], 'rate-limited', null,
          jsonb_build_object('key', v_spec ->> 'key', 'limit', v_spec -> 'limit', 'period_ms', v_spec -> 'ms', 'until', durable.rfc3339(v_slot)),
          'The rate limit of "' || s_function[q] || '"' || coalesce(' for ' || (v_spec ->> 'key'), '') || ' is used up: the next start is possible at '
            || durable.rfc3339(v_slot) || '.');
        continue;
      end if;
      if v_slot > v_now and v_slot > coalesce(v_not_before, v_now) then
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
  v_id uuid[];
  v_count int;
begin
  select array_agg(r.workspace_id), array_agg(h.id), array_agg(h.version), array_agg(r.id), array_agg(coalesce(c.depth, 0) + 1),
      array_agg(durable.new_id()),
      array_agg('{"run":{"id":"' || r.id || '","started_at":"' || durable.rfc3339(durable.time_of_id(r.id)) || '"},"function":'
        || to_json(r.function_id)::text || ',"event":' || durable.event_json(e) || ',"error":' || coalesce(r.failure, 'null') || ',"step":'
        || durable.failed_step(r) || '}')
    into v_workspace, v_function, v_version, v_failed, v_depth, v_id, v_data
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
  insert into durable.children (workspace_id, run_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
    select h.workspace, h.id, h.failed, '00000000-0000-0000-0000-000000000000', 'on-failure', 'abandon', h.depth
    from unnest(v_workspace, v_id, v_failed, v_depth) as h(workspace, id, failed, depth);
  perform durable.accept_events(null, '{}', '{}', array_fill(1, array[v_count]), v_workspace, v_id,
    array_fill(null::text, array[v_count]), array_fill(null::uuid, array[v_count]),
    array_fill('durable.on-failure'::text, array[v_count]), v_data, array_fill(null::float8, array[v_count]),
    (select array_agg(n) from generate_series(1, v_count) as n), v_function, v_version, v_id,
    array_fill(null::uuid, array[v_count]));
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

CREATE OR REPLACE FUNCTION durable.stems_from(p_workspace integer, p_run uuid, p_prefix text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  with recursive line(run) as (
    select p_run union all
    select c.parent_run_id from line join durable.children c on c.workspace_id = p_workspace and c.run_id = line.run
  )
  select exists (
    select 1 from line join durable.runs r on r.workspace_id = p_workspace and r.id = line.run
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

CREATE OR REPLACE FUNCTION durable.sync_app(p_workspace integer, p_actor text, p_url text, p_sdk text, p_capabilities text[], p_max_duration_ms integer, p_deployment text, p_digest text, f_id text[], f_manifest text[], l_id uuid[], l_name text[], l_function text[], l_kind text[], l_count integer[], l_period_ms double precision[], l_burst integer[], c_id text[], c_function text[], c_cron text[], c_tz text[], c_jitter_ms double precision[], c_catch_up text[], c_overlap text[], c_data text[])
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
  perform durable.declare_schedules(p_workspace, c_id, c_function, c_cron, c_tz, c_jitter_ms, c_catch_up, c_overlap, c_data);

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
AS $function$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  c_unit constant float8 := 100;             -- by how many microseconds a job of weight 1 moves its tenant on
  a_rank bigint[]; a_run uuid[]; a_step uuid[]; a_priority int[]; a_queue uuid[]; a_tag bigint[];
begin
  if not exists (select 1 from durable.arrivals where workspace_id = p_workspace) then
    return;
  end if;
  with picked as materialized (
    select a.rank, a.run_id, a.step_id from durable.arrivals a where a.workspace_id = p_workspace
    order by a.rank, a.run_id, a.step_id limit 1000 for update skip locked
  ), job as materialized (
    select r.rank, r.run_id, r.step_id from picked p
    join durable.ready r on r.rank = p.rank and r.workspace_id = p_workspace and r.run_id = p.run_id and r.step_id = p.step_id
    for update of r skip locked
  ), held as materialized (
    select l.run_id, c_run as step_id, j.rank from job j
    join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = j.run_id
    where j.step_id = c_run and l.status = 'queued' and l.ready_rank = j.rank
    order by 1 for update of l skip locked
  ), held_task as materialized (
    select t.run_id, t.step_id, j.rank from job j
    join durable.tasks t on t.workspace_id = p_workspace and t.run_id = j.run_id and t.step_id = j.step_id
    where j.step_id <> c_run and t.status = 'queued' and t.ready_rank = j.rank
    order by 1, 2 for update of t skip locked
  ), free as materialized (
    select * from held union all select * from held_task
  ), gone as (
    delete from durable.arrivals a using free f
      where a.rank = f.rank and a.workspace_id = p_workspace and a.run_id = f.run_id and a.step_id = f.step_id
  ), stale as (
    -- It was leased, dropped, or went out of the way of the claim meanwhile.
    delete from durable.arrivals a using picked p
      where a.rank = p.rank and a.workspace_id = p_workspace and a.run_id = p.run_id and a.step_id = p.step_id
        and not exists (select 1 from durable.ready r
          where r.rank = p.rank and r.workspace_id = p_workspace and r.run_id = p.run_id and r.step_id = p.step_id)
  )
  select array_agg(f.rank), array_agg(f.run_id), array_agg(f.step_id) into a_rank, a_run, a_step from free f;
  if a_rank is null then
    return;
  end if;

  with job as materialized (
    select a.rank, a.run_id, a.step_id, coalesce(l.priority, 0) as priority, l.tenant, t.queue_id, c_unit / t.weight as cost, l.run_gates || l.step_gates as gates
    from unnest(a_rank, a_run, a_step) as a(rank, run_id, step_id)
    join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = a.run_id
    left join durable.tenants t on t.workspace_id = p_workspace and t.id = l.tenant
  ), queue as materialized (
    select q.queue_id as id, case when q.is_idle then greatest(v.at, q.rank) else coalesce(v.at, q.rank) end as at
    from (
      select j.queue_id, min(j.rank) as rank,
        not exists (select 1 from durable.parked k where k.workspace_id = p_workspace and k.gate_id = j.queue_id)
          and not bool_or(exists (select 1 from durable.gates g
            where g.workspace_id = p_workspace and g.id = any (j.gates) and g.parked > 0)) as is_idle
      from job j where j.queue_id is not null group by j.queue_id) as q
    left join durable.virtual_times v on v.workspace_id = p_workspace and v.id = q.queue_id
  ), tenant as materialized (
    select j.tenant as id, greatest(min(q.at), min(v.at)) as at, min(j.cost) as cost, count(*) as jobs
    from job j join queue q on q.id = j.queue_id
    left join durable.virtual_times v on v.workspace_id = p_workspace and v.id = j.tenant
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
  delete from durable.ready r using generate_subscripts(a_run, 1) as q
    where r.rank = a_rank[q] and r.workspace_id = p_workspace and r.run_id = a_run[q] and r.step_id = a_step[q];
  update durable.live_runs l set ready_rank = a_tag[q], came = a_rank[q] from generate_subscripts(a_run, 1) as q
    where a_step[q] = c_run and l.workspace_id = p_workspace and l.run_id = a_run[q];
  update durable.tasks t set ready_rank = a_tag[q], came = a_rank[q] from generate_subscripts(a_run, 1) as q
    where a_step[q] <> c_run and t.workspace_id = p_workspace and t.run_id = a_run[q] and t.step_id = a_step[q];
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

CREATE OR REPLACE FUNCTION durable.unpark_jobs(p_workspace integer, p_from uuid, p_limit integer, p_sign integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  c_run constant uuid := '00000000-0000-0000-0000-000000000000';
  v_count int;
begin
  with picked as materialized (
    select k.rank, k.run_id, k.step_id from durable.parked k where k.workspace_id = p_workspace and k.gate_id = p_from
    order by k.rank, k.run_id, k.step_id limit p_limit for update skip locked
  ), held as materialized (
    select l.run_id, p.rank, l.came from picked p
    join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = p.run_id
    where p.step_id = c_run and l.status = 'queued' and l.ready_rank = p.rank
    order by 1 for update of l skip locked
  ), held_task as materialized (
    select t.run_id, t.step_id, p.rank, t.came from picked p
    join durable.tasks t on t.workspace_id = p_workspace and t.run_id = p.run_id and t.step_id = p.step_id
    where p.step_id <> c_run and t.status = 'queued' and t.ready_rank = p.rank
    order by 1, 2 for update of t skip locked
  ), free as materialized (
    select run_id, c_run as step_id, rank, came from held union all select run_id, step_id, rank, came from held_task
  ), fair as materialized (
    -- Let out at once they would all go before whoever has come since.
    select f.*, t.queue_id from free f
    join durable.live_runs l on l.workspace_id = p_workspace and l.run_id = f.run_id
    join durable.tenants t on t.workspace_id = p_workspace and t.id = l.tenant
    where p_sign > 0
  ), queued as (
    insert into durable.parked (workspace_id, gate_id, rank, run_id, step_id)
      select p_workspace, queue_id, rank, run_id, step_id from fair where came is not null
  ), turn as (
    insert into durable.turns (rank, workspace_id, queue_id) select came, p_workspace, queue_id from fair where came is not null
  ), arrival as (
    insert into durable.arrivals (rank, workspace_id, run_id, step_id)
      select rank, p_workspace, run_id, step_id from fair where came is null on conflict do nothing
  ), gone as (
    delete from durable.parked k using picked p
      where k.workspace_id = p_workspace and k.gate_id = p_from and k.rank = p.rank and k.run_id = p.run_id and k.step_id = p.step_id
        and (exists (select 1 from free f where f.run_id = p.run_id and f.step_id = p.step_id and f.rank = p.rank)
          or case when p.step_id = c_run then not exists (select 1 from durable.live_runs l
              where l.workspace_id = p_workspace and l.run_id = p.run_id and l.status = 'queued' and l.ready_rank = p.rank)
            else not exists (select 1 from durable.tasks t
              where t.workspace_id = p_workspace and t.run_id = p.run_id and t.step_id = p.step_id and t.status = 'queued' and t.ready_rank = p.rank)
            end)
  ), run as (
    update durable.live_runs l set ready_rank = abs(h.rank) * p_sign from held h
      where l.workspace_id = p_workspace and l.run_id = h.run_id
  ), task as (
    update durable.tasks t set ready_rank = abs(h.rank) * p_sign from held_task h
      where t.workspace_id = p_workspace and t.run_id = h.run_id and t.step_id = h.step_id
  ), job as (
    insert into durable.ready (rank, workspace_id, run_id, step_id)
      select abs(f.rank) * p_sign, p_workspace, f.run_id, f.step_id from free f
      where not exists (select 1 from fair q where q.run_id = f.run_id and q.step_id = f.step_id and q.came is not null)
  )
  select count(*) into v_count from free;
  return v_count;
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

CREATE TRIGGER run_arrives AFTER INSERT ON durable.live_runs FOR EACH ROW WHEN (((new.ready_rank IS NOT NULL) AND ((new.priority IS NOT NULL) OR (new.tenant IS NOT NULL)))) EXECUTE FUNCTION run_arrives();

CREATE TRIGGER run_arrives_again AFTER UPDATE ON durable.live_runs FOR EACH ROW WHEN (((new.ready_rank > 0) AND (new.ready_rank IS DISTINCT FROM old.ready_rank) AND ((new.priority IS NOT NULL) OR (new.tenant IS NOT NULL)))) EXECUTE FUNCTION run_arrives();

CREATE TRIGGER run_ends_at_gates AFTER DELETE ON durable.live_runs FOR EACH ROW WHEN (((old.step_gates IS NOT NULL) OR (old.run_gates IS NOT NULL))) EXECUTE FUNCTION run_leaves_gates();

CREATE TRIGGER run_leaves_gates AFTER UPDATE ON durable.live_runs FOR EACH ROW WHEN ((((old.step_gates IS NOT NULL) OR (old.run_gates IS NOT NULL)) AND (new.engine_id IS NULL) AND ((old.engine_id IS NOT NULL) OR ((old.ready_rank IS NOT NULL) AND (new.ready_rank IS DISTINCT FROM old.ready_rank))) AND ((new.came IS NULL) OR (NOT (new.came IS DISTINCT FROM old.came))))) EXECUTE FUNCTION run_leaves_gates();

CREATE TRIGGER steps_settled BEFORE UPDATE ON durable.steps FOR EACH ROW WHEN ((old.seq IS NOT NULL)) EXECUTE FUNCTION refuse_rewrite();

CREATE TRIGGER task_arrives AFTER INSERT ON durable.tasks FOR EACH ROW WHEN (((new.ready_rank IS NOT NULL) AND ((new.priority IS NOT NULL) OR (new.gates IS NOT NULL)))) EXECUTE FUNCTION task_arrives();

CREATE TRIGGER task_arrives_again AFTER UPDATE ON durable.tasks FOR EACH ROW WHEN (((new.ready_rank > 0) AND (new.ready_rank IS DISTINCT FROM old.ready_rank) AND ((new.priority IS NOT NULL) OR (new.gates IS NOT NULL)))) EXECUTE FUNCTION task_arrives();

CREATE TRIGGER task_ends_at_gates AFTER DELETE ON durable.tasks FOR EACH ROW WHEN ((old.gates IS NOT NULL)) EXECUTE FUNCTION task_leaves_gates();

CREATE TRIGGER task_leaves_gates AFTER UPDATE ON durable.tasks FOR EACH ROW WHEN (((old.gates IS NOT NULL) AND (new.engine_id IS NULL) AND ((old.engine_id IS NOT NULL) OR ((old.ready_rank IS NOT NULL) AND (new.ready_rank IS DISTINCT FROM old.ready_rank))) AND ((new.came IS NULL) OR (NOT (new.came IS DISTINCT FROM old.came))))) EXECUTE FUNCTION task_leaves_gates();
