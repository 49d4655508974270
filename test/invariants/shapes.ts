import { bySql, type Invariant } from "./invariant.ts";

// H. What events become before a run exists.

const COLLECTED = "select count(*) from durable.collected_events";

export const SHAPES: readonly Invariant[] = [
  {
    number: "H1",
    name: "asleep",
    sentence:
      "A run that has not begun has nothing of a run that has: no step, no lease, no job; and it begins when it says.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.runs where begins_at is not null",
      `select r.id, l.status, r.begins_at, t.due_at from durable.timers t
         join durable.runs r on r.workspace_id = t.workspace_id and r.id = t.run_id
         left join durable.live_runs l on l.workspace_id = t.workspace_id and l.run_id = t.run_id
         where t.kind = 'begin' and (l.status is null or l.status not in ('waiting', 'paused') or r.begins_at is distinct from t.due_at
           or exists (select 1 from durable.steps s where s.workspace_id = r.workspace_id and s.run_id = r.id))`,
    ),
  },
  {
    number: "H2",
    name: "collected",
    sentence:
      "An event goes into one run of a function; that run's cause is its first event, or, debounced, its last.",
    phase: "always",
    check: bySql(
      COLLECTED,
      `select c.event_id, 'in several runs' as what from durable.collected_events c
         join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
         group by c.workspace_id, c.event_id, r.function_id having count(*) > 1
       union all
       select r.id, 'another cause' from durable.runs r
         join (select workspace_id, run_id, max(no) as last from durable.collected_events group by 1, 2) as n
           on n.workspace_id = r.workspace_id and n.run_id = r.id
         join durable.collected_events c on c.workspace_id = r.workspace_id and c.run_id = r.id
           and c.no = case r.begin_cause when 'batch' then 1 else n.last end
         where c.event_id <> r.event_id`,
    ),
  },
  {
    number: "H3",
    name: "told",
    sentence: "Every event that a run collected is its cause, or has a skip that names that run.",
    phase: "always",
    check: bySql(
      COLLECTED,
      `select c.event_id, c.run_id from durable.collected_events c
         join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
         where r.event_id <> c.event_id and not exists (select 1 from durable.skips s
           where s.workspace_id = c.workspace_id and s.event_id = c.event_id and s.function_id = r.function_id
             and s.run_id = c.run_id and s.reason in ('debounced', 'batched'))`,
    ),
  },
  {
    number: "H4",
    name: "one by hand",
    sentence: "A skip that a person has run is of the event and the function of that run.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.skips where started_run is not null",
      `select s.id, s.started_run from durable.skips s where s.started_run is not null and not exists (
         select 1 from durable.runs r where r.workspace_id = s.workspace_id and r.id = s.started_run and r.event_id = s.event_id
           and r.function_id = s.function_id)`,
    ),
  },
];
