import { bySql, type Invariant } from "../invariants/invariant.ts";
import { HOT_LIMIT } from "./programs.ts";
import { minimumOf } from "./tally.ts";

export const HOT_KEY = "hot";
const COLD_KEYS_IN_FULL_RUN = 5_000;

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
