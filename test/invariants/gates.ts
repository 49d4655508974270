import { bySql, type Invariant } from "./invariant.ts";

// F. Limits that act before a lease: counters tell the truth, nobody is in without a place, nobody is parked for nothing.

const limitOf =
  "(select durable.limit_now(l) from durable.limits l where l.workspace_id = g.workspace_id and l.id = g.limit_id)";
const notes = (column: "freed" | "dropped") =>
  `(select coalesce(sum(n.${column}), 0) from durable.gate_notes n where n.workspace_id = g.workspace_id and n.gate_id = g.id)`;
/** The job of grant `t` is in ready, or a circuit has parked it there. */
const hasPassed = (of: "l" | "k") => `(
    exists (select 1 from durable.ready r where r.rank = ${of}.ready_rank
      and r.workspace_id = t.workspace_id and r.run_id = t.run_id and r.step_id = t.step_id)
    or exists (select 1 from durable.parked p where p.rank = ${of}.ready_rank and p.workspace_id = t.workspace_id
      and p.gate_id = '00000000-0000-0000-0000-000000000000' and p.run_id = t.run_id and p.step_id = t.step_id))`;

export const GATES: readonly Invariant[] = [
  {
    number: "34",
    name: "places",
    sentence:
      "A gate's places are its grants and the notes of freed ones, and its parked jobs those that stand under it and the notes of dropped ones.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.gates",
      `select g.id, g.key, g.used, g.parked from durable.gates g
         where g.unit <> 'start' and g.used <> ${notes("freed")} +
             (select count(*) from durable.grants t where t.workspace_id = g.workspace_id and t.gate_id = g.id)
           or g.parked <> ${notes("dropped")} +
             (select count(*) from durable.parked k where k.workspace_id = g.workspace_id and k.gate_id = g.id)`,
    ),
  },
  {
    number: "34b",
    name: "in by right",
    sentence:
      "Every leased run and task has a grant of each of its gates; nobody else has one but jobs that have passed and wait for a slot or for their app, and runs that have begun.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.gates",
      `select l.run_id, null::uuid as step_id, s.gate, 'leased without a grant' as what from durable.live_runs l, unnest(l.step_gates) as s(gate)
         where s.gate in (select g.id from durable.gates g) and l.status = 'running' and not exists (select 1 from durable.grants t where t.workspace_id = l.workspace_id
           and t.run_id = l.run_id and t.step_id = '00000000-0000-0000-0000-000000000000' and t.gate_id = s.gate)
       union all
       select l.run_id, null, s.gate, 'begun without a grant' from durable.live_runs l, unnest(l.run_gates) as s(gate)
         where l.status in ('running', 'waiting') and not durable.is_asleep(l.workspace_id, l.run_id)
           and not exists (select 1 from durable.grants t where t.workspace_id = l.workspace_id
           and t.run_id = l.run_id and t.step_id = '00000000-0000-0000-0000-000000000001' and t.gate_id = s.gate)
       union all
       select k.run_id, k.step_id, s.gate, 'a task leased without a grant' from durable.tasks k, unnest(k.gates) as s(gate)
         where s.gate in (select g.id from durable.gates g) and k.status = 'running' and not exists (select 1 from durable.grants t where t.workspace_id = k.workspace_id
           and t.run_id = k.run_id and t.step_id = k.step_id and t.gate_id = s.gate)
       union all
       select t.run_id, t.step_id, t.gate_id, 'a grant of nobody' from durable.grants t
         where not exists (select 1 from durable.live_runs l where l.workspace_id = t.workspace_id and l.run_id = t.run_id
             and (t.step_id = '00000000-0000-0000-0000-000000000001'
               or t.step_id = '00000000-0000-0000-0000-000000000000' and (l.status = 'running'
                 or l.status = 'queued' and ${hasPassed("l")})))
           and not exists (select 1 from durable.tasks k where k.workspace_id = t.workspace_id and k.run_id = t.run_id
             and k.step_id = t.step_id and (k.status = 'running' or ${hasPassed("k")}))`,
    ),
  },
  {
    number: "34c",
    name: "parked for a reason",
    sentence: "A gate with jobs under it is full, or somebody will look at it because of a note.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.gates",
      `select g.id, g.key, g.used, g.parked, ${limitOf} as limit from durable.gates g
         where g.parked > 0 and (g.unit = 'start' and ${limitOf} > 0 or ${limitOf} is null or g.used < ${limitOf})
           and not exists (select 1 from durable.gate_notes n where n.workspace_id = g.workspace_id and n.gate_id = g.id)`,
    ),
  },
];
