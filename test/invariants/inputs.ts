import { bySql, type Invariant } from "./invariant.ts";
import { KEPT } from "./kept.ts";

// N. What people are asked is asked as long as its entry is open, and answered once.

export const INPUTS: readonly Invariant[] = [
  {
    number: "N1",
    name: "inbox",
    sentence: "An input is open exactly as long as its entry is, and its end is the entry's end.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.inputs",
      `select s.run_id, s.name, s.status, i.status as input from durable.steps s
         left join durable.inputs i on i.workspace_id = s.workspace_id and i.run_id = s.run_id and i.step_id = s.step_id
         where s.op in ('input', 'approval') and s.status <> 'err' and not ${KEPT}
           -- Who lost a race in the very answer that asked was never asked.
           and not (s.status = 'cancelled' and i.status is null) and i.status is distinct from case
             when s.status = 'pending' then 'open'
             when s.status = 'cancelled' then 'cancelled'
             when s.value = 'null' then 'expired'
             else 'answered' end
       union all
       select i.run_id, i.id::text, 'no entry', i.status from durable.inputs i where not exists (select 1 from durable.steps s
         where s.workspace_id = i.workspace_id and s.run_id = i.run_id and s.step_id = i.step_id and s.op = i.kind)`,
    ),
  },
  {
    number: "N2",
    name: "who decided",
    sentence: "Every answer names who gave it, in time, and stands in the audit log once.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.inputs",
      `select i.id, i.answered_by, i.ended_at, count(a.id) as audited from durable.inputs i
         join durable.steps s on s.workspace_id = i.workspace_id and s.run_id = i.run_id and s.step_id = i.step_id
         left join durable.audit a on a.workspace_id = i.workspace_id and a.target = i.id::text and a.action = 'input.answer'
         where i.status = 'answered' group by i.workspace_id, i.id, s.value
         having count(a.id) <> 1 or i.ended_at >= i.due_at or s.value::json ->> 'by' is distinct from i.answered_by`,
    ),
  },
  {
    number: "N3",
    name: "told once",
    sentence: "A reminder and an escalation came when they were due, and nobody was told twice.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.inputs",
      `select id, reminded_at, escalated_at, null as name from durable.inputs
         where reminded_at < remind_at or escalated_at < escalate_at or escalated_at is not null and assignee is distinct from escalate_to
       union all
       select (data::json ->> 'id')::uuid, null, null, name from durable.events where name like 'durable.input.%'
         group by 1, name, workspace_id having count(*) > 1`,
    ),
  },
];
