-- A workspace is app x environment: the wall. Its id stands first in every key below.
create table durable.workspaces (
  id int generated always as identity primary key,
  app text not null,
  environment text not null,
  registry_version int not null default 0,  -- raised by every sync; ingest compares it with what it matched against
  production boolean not null default false,  -- people are asked twice before they change something
  created_at timestamptz not null default clock_timestamp(),
  unique (app, environment)
);

create table durable.endpoints (
  workspace_id int primary key,
  url text not null,
  sdk text not null,
  capabilities text[] not null default '{}',
  max_duration_ms int,
  deployment text,
  manifest_digest text not null,
  synced_at timestamptz not null default clock_timestamp()
);

create table durable.functions (
  workspace_id int not null,
  id text not null,
  version int not null,
  manifest text not null,        -- this function's part of the manifest, as received
  removed_at timestamptz,        -- the last sync no longer named it: its runs go on, no new ones start
  synced_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);

create table durable.function_versions (
  workspace_id int not null,
  function_id text not null,
  version int not null,
  manifest text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, function_id, version)
);

-- Secrets that sign dispatches and check answers: the newest signs, every one that is not retired is accepted. Sealed by
-- the engine (auth/engine-keys.ts): who reads the database, or a copy of it, can sign nothing.
create table durable.signing_secrets (
  workspace_id int not null,
  id int generated always as identity,
  secret text not null,
  fingerprint text not null,
  created_at timestamptz not null default clock_timestamp(),
  retired_at timestamptz,        -- from then on it is not in force; may be to come
  primary key (workspace_id, id)
);

-- Bearer tokens. An event key can only send; an API key reaches as far as its scope, both in their workspace alone. Only a
-- hash is kept; the prefix lets a person recognise the key.
create table durable.keys (
  workspace_id int not null,
  id int generated always as identity,
  scope text not null,           -- send: an event key; read, write, admin: an API key
  sha256 bytea not null unique,
  prefix text not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,      -- to the minute
  revoked_at timestamptz,
  primary key (workspace_id, id)
);

-- What a person or a policy did. Written in the same commit as the deed.
create table durable.audit (
  workspace_id int not null,
  id bigint generated always as identity,
  at timestamptz not null default clock_timestamp(),
  actor text not null,
  action text not null,
  target text not null,
  detail text,
  primary key (workspace_id, id)
);
