import { bySql, type Invariant } from "./invariant.ts";

// Order: what waits for its turn has one.

export const ORDER: readonly Invariant[] = [
  {
    number: "34e",
    name: "turns",
    sentence:
      "A fair queue has at least as many turns as jobs, and what stands in one is ranked and belongs to a tenant of it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.tenants",
      `select q.queue_id, null::uuid as run_id, 'jobs: ' || q.jobs || ', turns: ' || q.turns as what from (
           select t.workspace_id, t.queue_id,
             (select count(*) from durable.parked k where k.workspace_id = t.workspace_id and k.gate_id = t.queue_id) as jobs,
             (select count(*) from durable.turns u where u.workspace_id = t.workspace_id and u.queue_id = t.queue_id) as turns
           from (select distinct workspace_id, queue_id from durable.tenants) as t) as q
         where q.jobs > q.turns
       union all
       select k.gate_id, k.run_id, 'not of a tenant of the queue' from durable.parked k
         where k.gate_id in (select queue_id from durable.tenants) and not exists (
           select 1 from durable.live_runs l join durable.tenants t on t.workspace_id = l.workspace_id and t.id = l.tenant
           where l.workspace_id = k.workspace_id and l.run_id = k.run_id and t.queue_id = k.gate_id)
       union all
       select k.gate_id, k.run_id, 'in its queue, and to be ranked' from durable.parked k
         join durable.arrivals a on a.workspace_id = k.workspace_id and a.run_id = k.run_id and a.step_id = k.step_id and a.rank = k.rank
         where k.gate_id in (select queue_id from durable.tenants)
           and exists (select 1 from durable.ready r where r.rank = a.rank and r.run_id = a.run_id and r.step_id = a.step_id)`,
    ),
  },
  {
    number: "34f",
    name: "all are ranked",
    sentence: "A job in ready whose run has a tenant has had its turn, or somebody will rank it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.tenants",
      `select l.run_id, l.ready_rank from durable.live_runs l
         join durable.ready r on r.rank = l.ready_rank and r.workspace_id = l.workspace_id and r.run_id = l.run_id
           and r.step_id = '00000000-0000-0000-0000-000000000000'
         where l.tenant is not null and l.came is null and not exists (select 1 from durable.arrivals a
           where a.rank = r.rank and a.workspace_id = r.workspace_id and a.run_id = r.run_id and a.step_id = r.step_id)`,
    ),
  },
  {
    number: "34g",
    name: "held by something",
    sentence: "What is parked stands under its circuit, a gate, a fair queue or a pause.",
    phase: "always",
    check: bySql(
      // Nothing is parked once all has ended: then these are what nothing stands under.
      "select (select count(*) from durable.gates) + (select count(*) from durable.parked)",
      `select k.run_id, k.gate_id, k.rank from durable.parked k
         where k.gate_id <> '00000000-0000-0000-0000-000000000000'
           and not exists (select 1 from durable.gates g where g.workspace_id = k.workspace_id and g.id = k.gate_id)
           and not exists (select 1 from durable.tenants t where t.workspace_id = k.workspace_id and t.queue_id = k.gate_id)
           and not exists (select 1 from durable.pauses p where p.workspace_id = k.workspace_id and p.id = k.gate_id)`,
    ),
  },
];
