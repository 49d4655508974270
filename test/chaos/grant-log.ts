import type { Sql } from "../../engine/src/store/database.ts";
import { bySql, type Invariant } from "../invariants/invariant.ts";
import { HOT_LIMIT } from "./programs.ts";
import { minimumOf } from "./tally.ts";

export const HOT_KEY = "hot";
const COLD_KEYS_IN_FULL_RUN = 5_000;

/**
 * Writes down every grant and every release, in the transactions that make them. A release is seen by a claim once it is
 * committed, so a place that was free when it was given has its release before its grant.
 */
export async function logGrants(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create table public.grant_log (
      no bigint generated always as identity primary key,
      workspace_id int not null, gate_id uuid not null, change int not null, at timestamptz not null default clock_timestamp());
    create function public.log_grant() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into public.grant_log (workspace_id, gate_id, change) values (new.workspace_id, new.gate_id, 1);
      else
        insert into public.grant_log (workspace_id, gate_id, change) values (old.workspace_id, old.gate_id, -1);
      end if;
      return null;
    end $$;
    create trigger log_grant after insert or delete on durable.grants for each row execute function public.log_grant();`);
}

/** The numbers of the load's functions never change, so they can be held against the whole past. */
export const NEVER_OVER: Invariant = {
  number: "34d",
  name: "never over",
  sentence:
    "At no moment were more places of a gate taken than its limit says, and none was given back twice.",
  phase: "after",
  check: bySql(
    "select count(*) from public.grant_log",
    `select s.no, s.at, s.taken, l.name, g.key, l.declared from (
         select no, at, workspace_id, gate_id, sum(change) over (partition by workspace_id, gate_id order by no) as taken
         from public.grant_log) as s
       join durable.gates g on g.workspace_id = s.workspace_id and g.id = s.gate_id
       join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
       where g.unit <> 'start' and (s.taken > l.declared or s.taken < 0)`,
  ),
};

/** A sweep that saw no queue and few keys would prove nothing. */
export function hotAndCold(minutes: number): Invariant {
  const gated = `durable.gates g join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id and l.function_id = 'gated'`;
  const isHot = `g.key = '"${HOT_KEY}"'`;
  return {
    number: "34h",
    name: "hot and cold",
    sentence:
      "The places of the hot key were all taken at some moment, and thousands of cold keys were passed.",
    phase: "after",
    check: bySql(
      `select count(*) from ${gated}`,
      `select 'the hot key was never full' as what where ${HOT_LIMIT} > (select coalesce(max(s.taken), 0) from (
           select sum(t.change) over (partition by t.workspace_id, t.gate_id order by t.no) as taken
           from public.grant_log t join ${gated} on g.workspace_id = t.workspace_id and g.id = t.gate_id where ${isHot}) as s)
         union all
         select 'only ' || c.count || ' cold keys' from (select count(distinct (t.workspace_id, t.gate_id)) as count
           from public.grant_log t join ${gated} on g.workspace_id = t.workspace_id and g.id = t.gate_id where not ${isHot}) as c
         where c.count < ${minimumOf(COLD_KEYS_IN_FULL_RUN, minutes)}`,
    ),
  };
}
