-- The least that a durable step must write: the fence of the live run, its journal number, the step, the change log.
create table events (
  workspace int, id uuid, name text not null, data text not null, at timestamptz not null default now(),
  primary key (workspace, id)
);
create table runs (
  workspace int, id uuid, function int not null, event uuid not null, status text not null,
  created_at timestamptz not null default now(), ended_at timestamptz, output text,
  primary key (workspace, id)
) with (fillfactor = 80);
create index on runs (workspace, status, created_at);
create table steps (
  workspace int, run uuid, step text, seq int not null, value text not null,
  sent_at timestamptz not null, received_at timestamptz not null, committed_at timestamptz not null default now(),
  primary key (workspace, run, step)
);
create table changes (
  position bigserial primary key, xid xid8 not null default pg_current_xact_id(),
  workspace int not null, run uuid not null, kind text not null, body text
);
-- Narrow and updated in place, once per step: no index on what changes, room in the page for the next version.
create table live_runs (
  workspace int, run uuid, fence uuid not null, engine int not null, seq int not null default 0,
  primary key (workspace, run)
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.01);

create function accept(p_run uuid[], p_data text[], p_fence uuid[]) returns void language sql as $$
  with e as (select * from unnest(p_run, p_data, p_fence) as t(run, data, fence)),
    events as (insert into events (workspace, id, name, data) select 1, run, 'bench.count', data from e),
    runs as (insert into runs (workspace, id, function, event, status) select 1, run, 1, run, 'running' from e),
    changes as (insert into changes (workspace, run, kind) select 1, run, 'started' from e)
  insert into live_runs (workspace, run, fence, engine) select 1, run, fence, 1 from e
$$;

-- One item per run. Returns the runs whose fence still held; nothing of the others was written.
create function commit_steps(
  p_run uuid[], p_fence uuid[], p_next uuid[], p_step text[], p_value text[],
  p_sent float8[], p_received float8[], p_ended boolean[]
) returns setof uuid language plpgsql as $$
begin
  return query
  with items as (
      select * from unnest(p_run, p_fence, p_next, p_step, p_value, p_sent, p_received, p_ended)
        as t(run, fence, next, step, value, sent, received, ended) order by run),
    held as (
      update live_runs l set fence = i.next, seq = l.seq + 1 from items i
        where l.workspace = 1 and l.run = i.run and l.fence = i.fence
        returning i.*, l.seq),
    steps as (
      insert into steps (workspace, run, step, seq, value, sent_at, received_at)
        select 1, h.run, h.step, h.seq, h.value, to_timestamp(h.sent), to_timestamp(h.received)
        from held h where not h.ended),
    changes as (
      insert into changes (workspace, run, kind, body)
        select 1, h.run, case when h.ended then 'completed' else 'step' end, h.step from held h),
    runs as (
      update runs r set status = 'completed', ended_at = now(), output = h.value
        from held h where h.ended and r.workspace = 1 and r.id = h.run)
  select h.run from held h;
  if true = any(p_ended) then
    delete from live_runs l using unnest(p_run, p_next, p_ended) as t(run, next, ended)
      where t.ended and l.workspace = 1 and l.run = t.run and l.fence = t.next;
  end if;
end $$;
