-- What happens before a run begins: a run can be born asleep.

create function durable.is_asleep(p_workspace int, p_run uuid) returns boolean
language sql stable as $$
  select exists (select 1 from durable.timers t where t.workspace_id = p_workspace and t.run_id = p_run
    and t.step_id = '00000000-0000-0000-0000-000000000000' and t.kind = 'begin')
$$;

-- Runs that are born asleep, and wait for their beginning only. Their time limits count from it.
create function durable.put_to_sleep(p_workspace int[], p_run uuid[], p_at timestamptz[]) returns void
language plpgsql as $$
begin
  insert into durable.timers (workspace_id, run_id, step_id, kind, due_at)
    select p.workspace, p.run, '00000000-0000-0000-0000-000000000000', 'begin', p.at
    from unnest(p_workspace, p_run, p_at) as p(workspace, run, at);
  update durable.timers t set due_at = t.due_at + (p.at - durable.durable_now())
    from unnest(p_workspace, p_run, p_at) as p(workspace, run, at)
    where t.workspace_id = p.workspace and t.run_id = p.run and t.kind in ('start', 'finish');
end $$;

-- A person does not want to wait for the beginning of a run. Answers whether that is what it waited for, and where it is
-- then: queued, or paused as before; null for an unknown one.
create function durable.begin_run(p_workspace int, p_run uuid, p_actor text, p_reason text, out o_status text, out o_begun boolean)
language plpgsql as $$
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
end $$;

-- A run that is asleep begins at another time. The caller holds its timer.
create function durable.move_begin(p_workspace int, p_run uuid, p_at timestamptz) returns void
language plpgsql as $$
declare
  v_at timestamptz;
begin
  select due_at into v_at from durable.timers
    where workspace_id = p_workspace and run_id = p_run and step_id = '00000000-0000-0000-0000-000000000000' and kind = 'begin';
  update durable.timers set due_at = due_at + (p_at - v_at)
    where workspace_id = p_workspace and run_id = p_run and kind in ('begin', 'start', 'finish');
  update durable.runs set begins_at = p_at where workspace_id = p_workspace and id = p_run;
end $$;

-- What a shape remembers of one value of its key. A commit that brings events to a key holds its row, so keys take turns.
create table durable.shape_keys (
  workspace_id int not null,
  id uuid not null,                          -- hash of function, kind and key
  function_id text not null,
  kind text not null,                        -- idempotency | debounce | batch | rate-limit | singleton
  key text,                                  -- JSON of the value; null for a shape without a key
  run_id uuid,                               -- duplicates are of it; it collects; it holds the singleton
  since timestamptz,                         -- debounce, batch: of its first event
  until timestamptz,                         -- idempotency, leading debounce: its period ends; rate limit: all its starts are over, or paid for
  not_before timestamptz,                    -- debounce, batch: what collects begins no earlier, however full
  events int, bytes int,                     -- batch: so far
  starts timestamptz[],                      -- rate limit: those inside of the period, also those to come, in order
  touched_at timestamptz not null,
  primary key (workspace_id, id)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

-- Events that went into a run that debounces or batches, its first one too.
create table durable.collected_events (
  workspace_id int not null,
  run_id uuid not null,
  no int not null,                           -- in the order in which they arrived, from 1
  event_id uuid not null,
  primary key (workspace_id, run_id, no)
);
create index collected_by_event on durable.collected_events (workspace_id, event_id);

-- The events of a batch as user code sees them, JSON text; also of one that goes again.
create function durable.batch_json(p_workspace int, p_run uuid) returns text
language sql stable as $$
  select '[' || string_agg(durable.event_json(e), ',' order by c.no) || ']' from durable.collected_events c
  join durable.events e on e.workspace_id = c.workspace_id and e.id = c.event_id
  where c.workspace_id = p_workspace and c.run_id = durable.first_origin(p_workspace, p_run)
$$;

-- This event became no run of its own.
create function durable.skip_event(p_workspace int, p_event uuid, p_function text, p_reason text, p_run uuid, p_facts jsonb, p_detail text)
returns void language plpgsql as $$
begin
  insert into durable.skips (workspace_id, id, event_id, function_id, reason, detail, run_id, facts, at)
    values (p_workspace, durable.new_id(), p_event, p_function, p_reason, p_detail, p_run, jsonb_strip_nulls(p_facts)::text, durable.durable_now());
end $$;

create function durable.after_ms(p_at timestamptz, p_ms float8) returns timestamptz
language sql immutable as $$ select p_at + p_ms * interval '1 millisecond' $$;

-- Part of accept_events, before any run is inserted: which events become runs of their own, and when those begin. One
-- order for all: idempotency, then what collects (debounce, batch: an event that a sleeping run takes in starts nothing),
-- then what counts starts (rate limit), then who holds the singleton. Gates come later, in the claim.
--
-- What collects is a sleeping run, and its timer is the token: who begins or cancels the run takes the timer away, so
-- whoever holds that row can add to the run. A timer that somebody else holds is as good as gone: the event starts the next run.
create function durable.shape_runs(
  s_workspace int[], s_event uuid[], s_bytes int[], s_new boolean[], s_function text[], s_run uuid[], s_shapes text[],
  s_begin timestamptz[], s_cause text[],
  out o_born boolean[], out o_begin timestamptz[], out o_cause text[], out o_event uuid[])
language plpgsql as $$
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
end $$;

-- When a run that has not all its events begins: quiet for long enough, but at last.
create function durable.begin_of(p_spec jsonb, p_since timestamptz, p_now timestamptz) returns timestamptz
language sql immutable as $$
  select least(durable.after_ms(p_now, (p_spec ->> 'quiet_ms')::float8), durable.after_ms(p_since, (p_spec ->> 'max_ms')::float8),
    durable.after_ms(p_since, (p_spec ->> 'wait_ms')::float8))
$$;

-- Only what became a run, or part of one, is a reason to refuse the next.
create function durable.mark_idempotency(p_workspace int, p_shapes jsonb, p_run uuid) returns void
language sql volatile as $$
  update durable.shape_keys set run_id = p_run,
      until = durable.after_ms(durable.durable_now(), (p_shapes -> 'idempotency' ->> 'ms')::float8)
    where workspace_id = p_workspace and id = (p_shapes -> 'idempotency' ->> 'id')::uuid
$$;

-- A person wants a run of an event that became none. It passes no shape again, but its gates, and goes in its turn. Twice is once.
-- Answers the run; none when there is no such skip.
create function durable.run_anyway(p_workspace int, p_skip uuid, p_actor text, p_run uuid, p_birth json) returns uuid
language plpgsql as $$
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
end $$;

-- Keys come and go; what a key remembers is nothing any more after its period, or when its run has ended. A commit
-- meanwhile has touched it, and the delete sees that.
create function durable.sweep_shapes(p_days int) returns int
language sql volatile as $$
  with gone as (
    delete from durable.shape_keys k
      where k.touched_at < durable.durable_now() - p_days * interval '1 day' and coalesce(k.until, '-infinity') < durable.durable_now()
        and (k.kind not in ('singleton', 'debounce', 'batch') or k.run_id is null or not exists (
          select 1 from durable.live_runs l where l.workspace_id = k.workspace_id and l.run_id = k.run_id))
      returning 1)
  select count(*)::int from gone
$$;
