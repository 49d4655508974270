import type { Sql } from "../../../engine/src/store/database.ts";

/**
 * Writes down what is only there for a moment, in the transactions that do it; from the first on, so no app may be registered
 * yet. Their order is that of `no`: whoever lets go has his line before who comes in because of it, for that one sees a place as
 * free once it is committed.
 *
 * - `grant_log`: each grant (+1) and each release (-1) of a gate
 * - `limit_log`: each number of a limit, under the same numbers as grants: both are written under the gatekeeper
 * - `lease_log`: each lease of a run or a task, with when the statement that gave it began
 * - `life_log`: birth (+1) and end (-1) of runs that are not born beside another of their key
 * - `start_log`: each start that a rate limit has admitted
 */
export async function recordLimits(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create sequence public.moment;
    create table public.grant_log (
      no bigint primary key default nextval('public.moment'), workspace_id int not null, gate_id uuid not null,
      change int not null, at timestamptz not null, units int not null default 1);
    create table public.limit_log (
      no bigint primary key default nextval('public.moment'), workspace_id int not null, limit_id uuid not null, count int);
    create index on public.limit_log (workspace_id, limit_id, no);
    create table public.lease_log (
      workspace_id int not null, run_id uuid not null,
      since timestamptz not null default statement_timestamp(), at timestamptz not null default clock_timestamp());
    create table public.life_log (
      no bigint generated always as identity primary key, workspace_id int not null, run_id uuid not null, key text, change int not null);
    create table public.start_log (
      workspace_id int not null, function_id text not null, key text, at timestamptz not null);

    create function public.log_grant() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into public.grant_log (workspace_id, gate_id, change, at, units)
          select new.workspace_id, new.gate_id, 1, new.at, coalesce((select l.units from durable.live_runs l
            where l.workspace_id = new.workspace_id and l.run_id = new.run_id), 1);
      else
        insert into public.grant_log (workspace_id, gate_id, change, at)
          values (old.workspace_id, old.gate_id, -1, clock_timestamp());
      end if;
      return null;
    end $$;
    create trigger log_grant after insert or delete on durable.grants for each row execute function public.log_grant();

    create function public.log_limit() returns trigger language plpgsql as $$
    begin
      insert into public.limit_log (workspace_id, limit_id, count) values (new.workspace_id, new.id, durable.limit_now(new));
      return null;
    end $$;
    create trigger log_limit after insert or update on durable.limits for each row execute function public.log_limit();

    create function public.log_lease() returns trigger language plpgsql as $$
    begin
      insert into public.lease_log (workspace_id, run_id) values (new.workspace_id, new.run_id);
      return null;
    end $$;
    create trigger log_lease_at_birth after insert on durable.live_runs for each row
      when (new.engine_id is not null) execute function public.log_lease();
    create trigger log_lease after update on durable.live_runs for each row
      when (new.engine_id is not null and old.engine_id is null) execute function public.log_lease();
    create trigger log_lease after update on durable.tasks for each row
      when (new.engine_id is not null and old.engine_id is null) execute function public.log_lease();

    create function public.log_life() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into public.life_log (workspace_id, run_id, key, change)
          select r.workspace_id, r.id, coalesce(e.data::json ->> 'key', r.function_id), 1 from durable.runs r
          join durable.events e on e.workspace_id = r.workspace_id and e.id = r.event_id
          where r.workspace_id = new.workspace_id and r.id = new.run_id and r.function_id in ('solo-skip', 'tick-skip');
      else
        insert into public.life_log (workspace_id, run_id, key, change)
          select b.workspace_id, b.run_id, b.key, -1 from public.life_log b
          where b.workspace_id = old.workspace_id and b.run_id = old.run_id and b.change = 1;
      end if;
      return null;
    end $$;
    create index on public.life_log (run_id);
    create trigger log_life after insert or delete on durable.live_runs for each row execute function public.log_life();

    create function public.log_start() returns trigger language plpgsql as $$
    begin
      insert into public.start_log (workspace_id, function_id, key, at)
        values (new.workspace_id, new.function_id, new.key, new.starts[cardinality(new.starts)]);
      return null;
    end $$;
    create trigger log_start after update on durable.shape_keys for each row
      when (new.kind = 'rate-limit' and new.starts is distinct from old.starts) execute function public.log_start();`);
}
