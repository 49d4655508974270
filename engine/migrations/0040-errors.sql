-- Failures in groups: runs that failed or paused for the same reason stand together, with when it was first and last seen, in
-- which versions, and what people made of it. Off the commit path: the commit that ends a run badly leaves an obligation, a
-- process reads what happened, tells the group by it, and counts many of them in one call.

-- Obligation: this run has failed, or needs a person, and nobody has told its group.
create table durable.ungrouped (
  workspace_id int not null,
  run_id uuid not null,
  at timestamptz not null default durable.durable_now(),
  primary key (workspace_id, run_id)
);

create table durable.error_groups (
  workspace_id int not null,
  fingerprint text not null,                 -- 16 hex digits, see domain/fingerprint.ts
  name text not null,                        -- of the error; what follows is of the last one seen
  message text not null,
  step text,                                 -- the name of the step it comes from; null is the function's own code
  frame text,                                -- file:line:column in the user's code
  count bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  state text not null default 'open',        -- open | resolved | muted
  state_at timestamptz,                      -- null: nobody has touched it
  state_by text,                             -- who; null when it came back by itself
  state_reason text,
  primary key (workspace_id, fingerprint)
) with (fillfactor = 50);

-- In which versions, and on which deployments, how often.
create table durable.error_versions (
  workspace_id int not null,
  fingerprint text not null,
  function_id text not null,
  function_version int not null,
  deployment text not null,                  -- '' where the app names none
  count bigint not null,
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  primary key (workspace_id, fingerprint, function_id, function_version, deployment)
) with (fillfactor = 50);

-- The group of the last failure of each run that had one; it stays when the run goes on and succeeds.
create table durable.run_errors (
  workspace_id int not null,
  run_id uuid not null,
  fingerprint text not null,
  at timestamptz not null,
  primary key (workspace_id, run_id)
);
create index run_errors_by_group on durable.run_errors (workspace_id, fingerprint, run_id);

-- Called in the commit that ends a run badly, or pauses it. The caller holds the live_runs rows, or held them.
create function durable.owe_grouping(p_workspace int[], p_run uuid[]) returns void
language sql volatile as $$
  insert into durable.ungrouped (workspace_id, run_id)
    select distinct p.workspace, p.run from unnest(p_workspace, p_run) as p(workspace, run) order by 1, 2
    on conflict (workspace_id, run_id) do update set at = excluded.at
$$;

-- Owed groupings with what is known of each. The failure is the one that the run ended with, or is paused by; of a pause after
-- the last attempt it is that of this attempt, which names the error and the line. Of a run that goes on already it is that
-- too, and null where there was none.
create function durable.find_ungrouped(p_limit int) returns table (
  workspace_id int, run_id uuid, at timestamptz, function_id text, function_version int, deployment text, failure text, step text)
language sql stable as $$
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
$$;

-- Counts failures into their groups. What another process has counted meanwhile, or what came anew since it was read, is
-- passed over: a failure is counted once. One without a fingerprint has nothing left that could be told. A resolved group that comes back is open again. Locks the obligations, then the
-- groups in order. Answers how many were counted.
create function durable.group_errors(
  p_workspace int[], p_run uuid[], p_at timestamptz[], p_fingerprint text[], p_name text[], p_message text[], p_step text[],
  p_frame text[], p_function text[], p_version int[], p_deployment text[]) returns int
language plpgsql as $$
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
end $$;

-- A person says what a group is to them. Answers the state it was in, or null for an unknown group; to say what is so already
-- changes nothing and is not recorded.
create function durable.triage_errors(p_workspace int, p_fingerprint text, p_state text, p_actor text, p_reason text) returns text
language plpgsql as $$
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
end $$;
