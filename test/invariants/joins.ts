import { bySql, type Invariant } from "./invariant.ts";

// R. Joins, and who lost them.

const BRANCHES_MAX = 10;

/** The scope of branch `b.no` of join `j`. */
const BRANCH = `left(encode(sha256(convert_to(
  replace(j.step_id::text, '-', '') || E'\\x1f' || b.no || E'\\x1f0', 'UTF8')), 'hex'), 32)::uuid`;

const STEPS = `durable.steps j cross join generate_series(0, ${BRANCHES_MAX - 1}) as b(no)
  join durable.steps s on s.workspace_id = j.workspace_id and s.run_id = j.run_id and s.scope = ${BRANCH}
  where j.op = 'join' and j.seq is not null`;

export const JOINS: readonly Invariant[] = [
  {
    number: "R1",
    name: "decided",
    sentence: "Once a join is decided no step of its branches is open, or settles any more.",
    phase: "always",
    check: bySql(
      `select count(*) from ${STEPS}`,
      `select s.run_id, j.name as join, s.name, s.op, s.status from ${STEPS}
         and (s.seq > j.seq or s.status in ('pending', 'retrying'))`,
    ),
  },
];
