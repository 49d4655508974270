-- What people look at again: a screen with what it was searched for, under a name, for all who work with the workspace.
create table durable.saved_views (
  workspace_id int not null,
  id uuid not null,
  screen text not null,
  name text not null,                        -- one of each on a screen
  search text not null,                      -- JSON: texts, numbers and booleans by the names of the screen's parameters
  created_by text not null,
  created_at timestamptz not null,
  primary key (workspace_id, id)
);
create unique index saved_views_by_name on durable.saved_views (workspace_id, screen, name);

create trigger told after insert or update or delete on durable.saved_views
  for each row execute function durable.note_topic('view', 'id');

-- Saves a view, in the place of the one that has its name there, which keeps its id. Answers the id; null: there are as many as may be.
-- Locks the workspace first, or two that are saved at once could both be the last one.
create function durable.save_view(p_workspace int, p_id uuid, p_screen text, p_name text, p_search text, p_most int, p_actor text) returns uuid
language plpgsql as $$
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
end $$;

-- False for an unknown one.
create function durable.delete_view(p_workspace int, p_id uuid, p_actor text) returns boolean language plpgsql as $$
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
end $$;
