import { bySql, type Invariant } from "./invariant.ts";

// S. What the clock starts.

const TICKS =
  "select count(*) from durable.events where name = 'durable.tick' and client_id like 'durable.tick/%'";

export const SCHEDULES: readonly Invariant[] = [
  {
    number: "S1",
    name: "tick",
    sentence:
      "A tick that was accepted started one run, or left one skip that says why not, of which a person may have made one.",
    phase: "always",
    check: bySql(
      TICKS,
      `select e.client_id, count(distinct r.id) as runs, count(distinct s.id) as skips from durable.events e
         left join durable.skips s on s.workspace_id = e.workspace_id and s.event_id = e.id
         left join durable.runs r on r.workspace_id = e.workspace_id and r.event_id = e.id and r.id is distinct from s.started_run
           and r.origin_run_id is null
         where e.name = 'durable.tick' and isfinite(e.received_at) group by e.workspace_id, e.id, e.client_id
         having count(distinct r.id) + count(distinct s.id) <> 1`,
    ),
  },
  {
    number: "S2",
    name: "not early",
    sentence: "No tick was accepted before its time.",
    phase: "always",
    check: bySql(
      TICKS,
      "select client_id from durable.events where name = 'durable.tick' and time > received_at and isfinite(received_at)",
    ),
  },
  {
    number: "S3",
    name: "where it stands",
    sentence:
      "A schedule has a next time exactly while it is declared or made by hand, its function is served, and it is not paused or still owes what was due by then; what it has dealt with is not ahead of its time.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.schedules",
      `select s.id, s.next_at, s.handled_to from durable.schedules s
         where (s.next_at is not null) <> (s.removed_at is null and (s.paused_at is null or s.owed <> '{}' or s.next_at <= s.paused_at) is true and exists (select 1 from durable.functions f
             where f.workspace_id = s.workspace_id and f.id = s.function_id and f.removed_at is null))
           or s.next_at < s.handled_to or s.handled_to > durable.durable_now() or s.last_tick_at > s.handled_to`,
    ),
  },
];
