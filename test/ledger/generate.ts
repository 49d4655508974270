import type { Sql } from "../../engine/src/store/database.ts";

/** Days that the runs are spread over, the last one ends now. */
const DAYS = 30;
const BATCH = 250_000;
/** One in a hundred thousand runs is of `rare`, six in ten of `busy`; 128 functions share the rest. */
const RARE_EVERY = 100_000;
/** Keys of a limit that those under way stand at. */
const GATES = 1_000;

export interface Generated {
  readonly workspaceId: number;
  readonly ms: number;
}

/**
 * Runs of one workspace as a busy one has them after a month: 96 in 100 completed, 3 failed for one of 50 reasons, one in 200
 * cancelled, one in 200 under way, some of them paused, all at a limit; one in ten with a tag and a user. Rows are made by Postgres; nothing executes them.
 */
export async function generateRuns(
  sql: Sql,
  count: number,
  said: (made: number) => void,
): Promise<Generated> {
  const began = performance.now();
  const [workspace] = await sql<{ id: number }[]>`
    insert into durable.workspaces (app, environment) values ('ledger', 'test') returning id`;
  const { id } = workspace!;
  await sql.unsafe(ID_OF);
  await sql`
    insert into durable.error_groups (workspace_id, fingerprint, name, message, count, first_seen, last_seen)
    select ${id}, lpad(to_hex(g), 16, '0'), 'Error', 'message ' || g, 1, now(), now() from generate_series(0, 49) as g`;
  await sql.unsafe(`
    insert into durable.gates (workspace_id, id, limit_id, unit, key)
    select ${id}, pg_temp.gate_of(g), gen_random_uuid(), 'step', g::text from generate_series(0, ${GATES - 1}) as g`);
  for (let from = 0; from < count; from += BATCH) {
    const to = Math.min(count, from + BATCH) - 1;
    await sql.unsafe(
      `with made as materialized (
         select g, pg_temp.id_of(now() - interval '${DAYS} days' * (1 - g / ${count}.0), g) as id,
           now() - interval '${DAYS} days' * (1 - g / ${count}.0) as at,
           case when g % ${RARE_EVERY} = 7 then 'rare' when g % 10 < 6 then 'busy' else 'fn-' || (hashint8(g) & 127) end as fn,
           case when g % 200 = 1 then null when g % 200 = 2 then 'cancelled' when g % 100 in (10, 43, 76) then 'failed' else 'completed' end as status
         from generate_series(${from}::bigint, ${to}::bigint) as g
       ), event as (
         insert into durable.events (workspace_id, id, client_id, name, data, time, received_at)
           select ${id}, id, case when g % 10 = 0 then 'order-' || g end, 'order.placed', '{"user":{"id":' || g % 100000 || '}}', at, at from made
       ), own as (
         insert into durable.event_ids (workspace_id, client_id, event_id, body_hash)
           select ${id}, 'order-' || g, id, gen_random_uuid() from made where g % 10 = 0
       ), live as (
         insert into durable.live_runs (workspace_id, run_id, status, fence, step_gates)
           select ${id}, id, case when g % 1000 = 1 then 'paused' else 'waiting' end, gen_random_uuid(), array[pg_temp.gate_of(g / 200 % ${GATES})] from made where status is null
       ), error as (
         insert into durable.run_errors (workspace_id, run_id, fingerprint, at)
           select ${id}, id, lpad(to_hex(g / 100 % 50), 16, '0'), at from made where status = 'failed'
       ), term as (
         insert into durable.run_terms (workspace_id, run_id, name, value)
           select ${id}, id, t.name, case when t.name = 'data.user.id' then (g % 100000)::text when g % 100 = 0 then 'rare' else 'import' end
           from made cross join (values ('tag'), ('data.user.id')) as t(name) where g % 10 = 0
       ), child as (
         insert into durable.children (workspace_id, run_id, parent_workspace_id, parent_run_id, parent_step_id, kind, on_cancel, depth)
           select ${id}, id, ${id}, pg_temp.id_of(now() - interval '${DAYS} days' * (1 - (g - g % 1000) / ${count}.0), g - g % 1000),
             gen_random_uuid(), 'spawn', 'leave', 1 from made where g % 20 = 5
       )
       insert into durable.runs (workspace_id, id, function_id, function_version, event_id, status, created_at, ended_at, output, failure, pause_reason)
         select ${id}, id, fn, 1 + g / (${count} / 10 + 1), id, status, at, case when status is not null then at + interval '2 seconds' end,
           case when status = 'completed' then '{"ok":true,"no":' || g || '}' end,
           case when status = 'failed' then '{"name":"Error","message":"message"}' end,
           case when status is null and g % 1000 = 1 then '{"name":"Exhausted","message":"message"}' end
         from made`,
    );
    said(to + 1);
  }
  await sql.unsafe("vacuum (analyze) durable.runs");
  for (const table of ["events", "event_ids", "live_runs", "run_errors", "run_terms", "gates", "children"])
    await sql.unsafe(`vacuum (analyze) durable.${table}`);
  return { workspaceId: id, ms: performance.now() - began };
}

/** A version 7 UUID of an instant, the same for the same number. */
const ID_OF = `
  create or replace function pg_temp.id_of(p_at timestamptz, p_no bigint) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from p_at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(p_no % 4096), 3, '0')
      || '8000' || lpad(to_hex(p_no), 12, '0'))::uuid $$;
  create or replace function pg_temp.gate_of(p_no bigint) returns uuid language sql immutable as $$
    select ('00000000-0000-0000-0000-' || lpad(to_hex(p_no), 12, '0'))::uuid $$`;
