-- By the time of their ids in partitions, as all that grows with them: old ones are dropped as a whole (0044).
-- Immutable facts. `data` is kept as the bytes received: jsonb would reorder keys and lose 1.0.
create table durable.events (
  workspace_id int not null,
  id uuid not null,
  client_id text,                            -- the sender's own id, shown as the event's id where given
  name text not null,
  data text not null,
  time timestamptz not null,                 -- when it happened, as the sender says
  received_at timestamptz not null,          -- when it was accepted, by the database's clock: the order of look-back
  traceparent text,                          -- of whoever sent it, W3C Trace Context; null: its runs are traces of their own
  primary key (workspace_id, id)
) partition by range (id);
create table durable.events_default partition of durable.events default;

-- Look-back walks a name from the run's start, oldest first.
create index events_by_name on durable.events (workspace_id, name, received_at);

-- Ids given by clients. The same id again is the same event; the same id with another body is a conflict.
create table durable.event_ids (
  workspace_id int not null,
  client_id text not null,
  event_id uuid not null,
  body_hash uuid not null,                   -- first 128 bits of SHA-256 over what was sent
  primary key (workspace_id, client_id)
);
