import { bySql, type Invariant } from "./invariant.ts";

// C. The journal has no gap, and the rows of a run tell one story.

const ENDS = "('run.completed', 'run.failed', 'run.cancelled')";

export const JOURNAL: readonly Invariant[] = [
  {
    number: "12",
    name: "gap-free",
    sentence: "The journal of every run is numbered 1..n without a gap.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where seq is not null",
      `select run_id, min(seq), max(seq), count(*) from durable.steps where seq is not null
         group by workspace_id, run_id
         having min(seq) <> 1 or max(seq) <> count(*) or count(distinct seq) <> count(*)`,
    ),
  },
  {
    number: "12b",
    name: "head",
    sentence: "The head of a live run's journal is the number of its last entry.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.changes where kind = 'run.created'",
      `select l.run_id, l.journal_seq, s.last from durable.live_runs l
         cross join lateral (select coalesce(max(s.seq), 0) as last from durable.steps s
           where s.workspace_id = l.workspace_id and s.run_id = l.run_id) as s
         where l.journal_seq <> s.last`,
    ),
  },
  {
    number: "13",
    name: "one story",
    sentence: "A run's changes begin with its creation; at most one end follows, and nothing after it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.changes",
      `select run_id from durable.changes where run_id is not null group by workspace_id, run_id
         having count(*) filter (where kind = 'run.created') <> 1
           or min(position) <> min(position) filter (where kind = 'run.created')
           or count(*) filter (where kind in ${ENDS}) > 1
           or max(position) filter (where kind in ${ENDS}) <> max(position)`,
    ),
  },
  {
    number: "13b",
    name: "ends are told",
    sentence: "Every ended run has the change that says so.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs where status is not null",
      `select r.id, r.status from durable.runs r where r.status is not null and not exists
         (select 1 from durable.changes c where c.workspace_id = r.workspace_id and c.run_id = r.id and c.kind = 'run.' || r.status)`,
    ),
  },
  {
    number: "14",
    name: "alive or ended",
    sentence: "A run has a live row or an end, never both, never neither.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs",
      `select r.id, r.status, l.status as live from durable.runs r
         left join durable.live_runs l on l.workspace_id = r.workspace_id and l.run_id = r.id
         where (r.status is null) <> (l.run_id is not null) or (r.status is null) <> (r.ended_at is null)`,
    ),
  },
  {
    number: "15",
    name: "forward",
    sentence: "A run's journal only grows.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.changes",
      `select run_id, journal_seq, before from (select run_id, journal_seq,
           lag(journal_seq) over (partition by workspace_id, run_id order by position) as before from durable.changes where journal_seq is not null) as c
         where journal_seq < before`,
    ),
  },
];
