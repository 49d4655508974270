import { SOME_ARE_GONE } from "./gone.ts";
import { bySql, type Invariant } from "./invariant.ts";
import { BY_HAND, KEPT } from "./kept.ts";

// K. Children and their parents.

export const CHILDREN: readonly Invariant[] = [
  {
    number: "C1",
    name: "child and parent",
    sentence:
      "Every child is a run, or says why it became none, with a parent that started it, by a step or by failing, and is deeper than its parent by one.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.children",
      `select c.run_id from durable.children c
         left join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
         left join durable.steps s on s.workspace_id = c.parent_workspace_id and s.run_id = c.parent_run_id
           and s.step_id = c.parent_step_id and s.op = case c.kind when 'spawn' then 'spawn' else 'invoke' end
         left join durable.children p on p.workspace_id = c.parent_workspace_id and p.run_id = c.parent_run_id
         where r.id is null and not exists (select 1 from durable.skips k where k.workspace_id = c.workspace_id and k.event_id = c.run_id)
             and not exists (select 1 from durable.collected_events o where o.workspace_id = c.workspace_id and o.event_id = c.run_id)
           or (s.run_id is null and c.kind <> 'on-failure' or c.depth <> coalesce(p.depth, 0) + 1) and (not ${SOME_ARE_GONE}
             or exists (select 1 from durable.runs f where f.workspace_id = c.parent_workspace_id and f.id = c.parent_run_id))`,
    ),
  },
  {
    number: "C2",
    name: "one child",
    sentence: "A step starts at most one child, and one that was accepted exactly one.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where op in ('invoke', 'spawn')",
      `select s.run_id, s.name, count(c.run_id) from durable.steps s
         left join durable.children c on c.parent_workspace_id = s.workspace_id and c.parent_run_id = s.run_id and c.parent_step_id = s.step_id
         where s.op in ('invoke', 'spawn') and not ${KEPT} group by s.workspace_id, s.run_id, s.step_id, s.name, s.status
         having count(c.run_id) > 1 or s.status <> 'err' and count(c.run_id) <> 1 and not ${SOME_ARE_GONE}`,
    ),
  },
  {
    number: "C3",
    name: "the child's result",
    sentence: "What a parent got from a child is what the child ended with.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where op = 'invoke' and seq is not null",
      `select s.run_id, s.name, s.status, r.status as child from durable.steps s
         join durable.children c on c.parent_workspace_id = s.workspace_id and c.parent_run_id = s.run_id and c.parent_step_id = s.step_id
         join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
         where c.kind = 'invoke' and s.seq is not null and not ${BY_HAND} and case s.status
           when 'ok' then r.status is distinct from 'completed' or s.value is distinct from r.output
           else s.failure::json ->> 'name' <> 'InvokeTimeoutError' and (r.status is null or r.status = 'completed'
             or r.status = 'failed' and s.failure is distinct from r.failure) end`,
    ),
  },
  {
    number: "C4",
    name: "told",
    sentence: "A child that has ended has told its parent, or owes it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.children where kind = 'invoke'",
      `select c.run_id from durable.children c
         join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id and r.status is not null
         join durable.steps s on s.workspace_id = c.parent_workspace_id and s.run_id = c.parent_run_id and s.step_id = c.parent_step_id
         where c.kind = 'invoke' and s.status = 'pending' and not exists (select 1 from durable.child_ends o
           where o.workspace_id = c.workspace_id and o.run_id = c.run_id)`,
    ),
  },
  {
    number: "C5",
    name: "no orphan",
    sentence: "No child lives on that nobody wants: its cancel is owed, or was ordered.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.children where on_cancel = 'cascade'",
      `select c.run_id, s.status, p.status as parent from durable.children c
         join durable.live_runs l on l.workspace_id = c.workspace_id and l.run_id = c.run_id
         join durable.runs p on p.workspace_id = c.parent_workspace_id and p.id = c.parent_run_id
         join durable.steps s on s.workspace_id = c.parent_workspace_id and s.run_id = c.parent_run_id and s.step_id = c.parent_step_id
         where c.on_cancel = 'cascade' and l.ending is null
           and case c.kind when 'invoke' then s.status <> 'pending' else p.status = 'cancelled' end
           and not exists (select 1 from durable.cascades o where o.workspace_id = c.workspace_id and o.run_id = c.run_id)`,
    ),
  },
  {
    number: "C7",
    name: "one environment",
    sentence: "A child in another app than its parent is in the same environment.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.children where workspace_id <> parent_workspace_id",
      `select c.run_id from durable.children c join durable.workspaces w on w.id = c.workspace_id
         join durable.workspaces p on p.id = c.parent_workspace_id where w.environment <> p.environment`,
    ),
  },
  {
    number: "C6",
    name: "nothing owed",
    sentence: "When all is quiet nobody owes anybody an end.",
    phase: "after",
    check: bySql(
      "select count(*) from durable.children",
      "select run_id from durable.child_ends union all select run_id from durable.cascades",
    ),
  },
];
