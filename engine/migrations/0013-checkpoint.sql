-- What a dispatch reports while its handler goes on.

-- The last checkpoint of a run's last dispatch that sent any. A checkpoint is a commit like any other: it replaces the
-- live fence by the one that follows from the dispatch's fence and its number, so that of two with one number only one
-- is taken, whichever engine it reaches. This row says which number that was, so that the same one sent again gets the
-- same answer and the holder of the lease finds the fence that is live. The journal itself never changes, so of the
-- answer only its ends are kept.
create table durable.checkpoints (
  workspace_id int not null,
  run_id uuid not null,
  fence uuid not null,                       -- of the dispatch
  seq int not null,                          -- of its last checkpoint
  body_sha256 text not null,
  journal_seq int not null,                  -- the journal's head after it
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, run_id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Whether two fences are of one dispatch: what it tells before its answer replaces the fence, and keeps the first half.
create function durable.is_same_dispatch(p_one uuid, p_other uuid) returns boolean language sql immutable as $$
  select left(p_one::text, 18) = left(p_other::text, 18)
$$;

-- data: {"fence", "seq", "sha256"}. Part of the commit of that checkpoint: the caller holds the live_runs row.
create function durable.effect_checkpoint(q_workspace int[], q_run uuid[], q_step uuid[], q_data text[]) returns void
language plpgsql as $$
begin
  insert into durable.checkpoints as c (workspace_id, run_id, fence, seq, body_sha256, journal_seq)
    select q.workspace, q.run, (q.data::json ->> 'fence')::uuid, (q.data::json ->> 'seq')::int, q.data::json ->> 'sha256',
      l.journal_seq
    from unnest(q_workspace, q_run, q_data) as q(workspace, run, data)
    join durable.live_runs l on l.workspace_id = q.workspace and l.run_id = q.run
    on conflict (workspace_id, run_id) do update
      set fence = excluded.fence, seq = excluded.seq, body_sha256 = excluded.body_sha256,
          journal_seq = excluded.journal_seq, at = excluded.at;
end $$;
