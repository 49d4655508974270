-- What an outcome causes beside its entries, timers and events: one function per kind, in files of their own
-- (`effect_<kind>`). Each takes the effects of one kind as arrays: workspace, run, step, and what the kind needs as
-- JSON text. Only those of applied items come here, in the lock order of their runs. Rare, so the hot path pays one
-- comparison for all of them.
create function durable.apply_effects(f_kind text[], f_workspace int[], f_run uuid[], f_step uuid[], f_data text[])
returns void language plpgsql as $$
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
end $$;

-- What most outcomes have none of: failed attempts, the registries that their events were matched in, these and the
-- runs that they start, effects, and the scopes of steps.
create type durable.rare_outcomes as (
  a_item int[], a_step uuid[], a_attempt int[], a_outcome text[], a_failure text[],
  p_registry_workspace int[], p_registry_version int[],
  e_request int[], e_workspace int[], e_id uuid[], e_client_id text[], e_body_hash uuid[],
  e_name text[], e_data text[], e_time float8[],
  r_event int[], r_function text[], r_version int[], r_run uuid[],
  f_item int[], f_kind text[], f_step uuid[], f_data text[],
  s_scope uuid[],
  e_trace text[],
  births durable.rare_births
);

-- The whole commit of a group of outcomes, at most one per run: fence, journal, steps, timers, waits, sent
-- events, the end of the run and the change log, in one call. Items arrive sorted by (workspace, run).
--
-- Answers two lists, with one element per item: `applied,lost 7,0` are the states, and the journal's heads after the commit.
-- applied | already (this very commit was applied before: its answer got lost)
--         | lost (the fence is not ours any more: nothing was changed; recorded as late)
--         | wanted (applied; somebody wants the run to pause or to move once its dispatch has been answered)
--         | paused (applied, and the lease is gone: somebody had asked for a pause)
--         | moved (applied, and the lease is gone: whoever takes it next calls another deployment)
--         | stale (functions changed since its sent events were matched: nothing at all was changed).
--
-- i_kind: continue (keep the lease) | wait (let go; something pending will wake it) | requeue (let go, ready at
-- once) | completed | failed | cancelled | paused.
create function durable.commit_outcomes(
  p_engine int,
  i_workspace int[], i_run uuid[], i_fence uuid[], i_next uuid[], i_known int[], i_settled int[], i_kind text[],
  i_result text[], i_unclaimed int[], i_pending boolean[],
  i_run_attempt int[], i_transport_attempt int[], i_retry_ms float8[],
  i_scheduled float8[], i_leased float8[], i_sent float8[], i_first_byte float8[], i_received float8[], i_app_ms float4[],
  s_item int[], s_ordinal int[], s_id uuid[], s_op text[], s_name text[], s_n int[], s_status text[],
  s_value text[], s_failure text[], s_attempt int[], s_due_ms float8[], s_due_at float8[],
  p_rare durable.rare_outcomes = null)
returns text language plpgsql as $$
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
end $$;

-- The commonest outcomes by themselves: of runs that go on, each with one step more, which is new and went well. It
-- writes what `commit_outcomes` writes of them, and is spared what they have none of: a call costs a lone step more
-- than its rows do. Passes over a run whose fence is not ours and one that somebody wants to pause or to move: what
-- becomes of these, `commit_outcomes` says. Answers per item the journal's head after the commit; 0 when passed over.
create function durable.commit_steps(
  i_workspace int[], i_run uuid[], i_fence uuid[], i_next uuid[],
  i_scheduled float8[], i_leased float8[], i_sent float8[], i_first_byte float8[], i_received float8[], i_app_ms float4[],
  i_step uuid[], i_name text[], i_n int[], i_value text[])
returns text language plpgsql as $$
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
end $$;
