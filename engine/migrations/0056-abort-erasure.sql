-- An erasure that was a mistake can be called off, as long as nothing is gone and nobody was cancelled for it.

-- Answers the status, or null for an id that is none here: `aborted` when it is; of one that is over, or has begun to delete, what it is. Holds the
-- row of the erasure, as each of its pieces does, so it is aborted between two pieces or not at all.
create function durable.abort_erasure(p_workspace int, p_id uuid, p_actor text, p_reason text) returns text language plpgsql as $$
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
end $$;
