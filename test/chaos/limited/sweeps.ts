import { bySql, examined, type Invariant } from "../../invariants/invariant.ts";
import { DELAYED, METERED } from "./functions.ts";

// Held against the whole past, as the recorder wrote it down: at no moment was there more than a limit allows.

/** What holds at a gate when somebody comes in. */
const LIMIT_THEN = `(select c.count from public.limit_log c
  where c.workspace_id = s.workspace_id and c.limit_id = g.limit_id and c.no < s.no order by c.no desc limit 1)`;

const NEVER_OVER: Invariant = {
  number: "34d",
  name: "never over",
  sentence:
    "Nobody was let in at a gate whose places were all taken by the limit of that moment, and no place was given back twice.",
  phase: "after",
  check: bySql(
    "select count(*) from public.grant_log",
    `select s.no, s.at, s.taken, g.key, ${LIMIT_THEN} as limit from (
         select no, at, workspace_id, gate_id, change,
           sum(change) over (partition by workspace_id, gate_id order by no) as taken
         from public.grant_log) as s
       join durable.gates g on g.workspace_id = s.workspace_id and g.id = s.gate_id
       where g.unit <> 'start' and (s.taken < 0 or s.change > 0 and s.taken > ${LIMIT_THEN})`,
  ),
};

interface Start {
  readonly gate: string;
  readonly us: number;
  readonly units: number;
  readonly limit: number;
  readonly period_ms: number;
  readonly burst: number;
}

/** The pause between two starts is cut to microseconds, so that many of them may be so much shorter than a period. */
const ROUNDING_US = 200;

const NEVER_FASTER: Invariant = {
  number: "34i",
  name: "never faster",
  sentence:
    "No window of a throttle's period, wherever it begins, had more units than its limit and its burst allow.",
  phase: "after",
  async check({ sql }) {
    const starts = await sql.unsafe<Start[]>(
      `select s.workspace_id || '/' || s.gate_id as gate, (extract(epoch from s.at) * 1000000)::float8 as us, s.units, l.period_ms, l.burst,
         ${LIMIT_THEN} as limit
       from public.grant_log s join durable.gates g on g.workspace_id = s.workspace_id and g.id = s.gate_id
       join durable.limits l on l.workspace_id = g.workspace_id and l.id = g.limit_id
       where g.unit = 'start' and s.change > 0 order by 1, s.no`,
    );
    const violations: string[] = [];
    for (const [at, last] of starts.entries()) {
      let units = 0;
      let limitMax = last.limit;
      for (let from = at; from >= 0 && starts[from]!.gate === last.gate; from -= 1) {
        const first = starts[from]!;
        if (last.us - first.us >= last.period_ms * 1_000 - ROUNDING_US) break;
        units += first.units;
        limitMax = Math.max(limitMax, first.limit);
        // A smaller number makes the burst longer, in starts at the price of the larger one.
        const ahead = (Math.max(last.burst, last.units) - last.units) * (limitMax / last.limit);
        if (units < limitMax + ahead + last.units) continue;
        violations.push(
          `${last.gate}: ${units} units in ${(last.us - first.us) / 1_000} ms, limit ${limitMax}, burst ${last.burst}`,
        );
        break;
      }
    }
    return examined(starts.length, violations);
  },
};

const RATED = [
  ["metered", METERED],
  ["delayed", DELAYED],
] as const;

const NEVER_MORE: Invariant = {
  number: "H6",
  name: "never more",
  sentence:
    "No window of a rate limit's period, wherever it begins, has more starts than its limit, and each run has its start.",
  phase: "after",
  check: bySql(
    "select count(*) from public.start_log",
    RATED.flatMap(([fn, { limit, periodMs }]) => [
      `select '${fn}' as function, s.key, s.at, s.before from (
         select key, at, lag(at, ${limit}) over (partition by workspace_id, key order by at) as before
         from public.start_log where function_id = '${fn}') as s
       where s.at < s.before + interval '${periodMs} milliseconds'`,
      `select '${fn}', 'runs: ' || r.count || ', starts: ' || s.count, null, null from (
         select count(*) from durable.runs r where r.function_id = '${fn}' and not exists (
           select 1 from durable.skips k where k.workspace_id = r.workspace_id and k.started_run = r.id)) as r,
         (select count(*) from public.start_log where function_id = '${fn}') as s
       where r.count <> s.count`,
    ]).join(" union all "),
  ),
};

/** A skip has the time at which its statement began; what it was held against may be so much later, when it waited for others. */
const HELD_AGAINST_S = 60;

const NEVER_FOR_NOTHING: Invariant = {
  number: "H8",
  name: "never for nothing",
  sentence:
    "Who was skipped by a rate limit had as many starts before him, within its period, as the limit allows.",
  phase: "after",
  check: bySql(
    "select count(*) from durable.skips where function_id = 'metered' and reason = 'rate-limited'",
    `select k.id, k.at, k.facts::json ->> 'key' as key from durable.skips k
       where k.function_id = 'metered' and k.reason = 'rate-limited' and (
         select count(*) from public.start_log s
         where s.workspace_id = k.workspace_id and s.function_id = 'metered' and s.key = k.facts::json ->> 'key'
           and s.at > k.at - interval '${METERED.periodMs} milliseconds' and s.at < k.at + interval '${HELD_AGAINST_S} seconds'
       ) < ${METERED.limit}`,
  ),
};

const NEVER_TWO: Invariant = {
  number: "H7",
  name: "never two",
  sentence:
    "At no moment two runs were alive of one key of a singleton that skips, or of a schedule that does.",
  phase: "after",
  check: bySql(
    "select count(*) from public.life_log",
    `select s.key, s.run_id, s.alive from (
         select key, run_id, sum(change) over (partition by workspace_id, key order by no) as alive from public.life_log) as s
       where s.alive > 1`,
  ),
};

export const SWEEPS: readonly Invariant[] = [
  NEVER_OVER,
  NEVER_FASTER,
  NEVER_MORE,
  NEVER_FOR_NOTHING,
  NEVER_TWO,
];
