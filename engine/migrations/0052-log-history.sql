-- What a workspace's steps said, the newest first, whoever's run it was. Ids grow with time, so every line goes to the end of its
-- workspace's part of the index: 33 bytes a line that without it is 251 (of 47 characters, with its key), and 76 in the log that Postgres
-- writes ahead, which is 321 without it. Nothing else is indexed: who looks for words or a function reads on from the newest, so
-- far and no farther.
create index logs_by_workspace on durable.logs (workspace_id, id);

select durable.name_indexes('logs', c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'durable.logs'::regclass;
