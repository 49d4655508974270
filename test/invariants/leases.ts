import { bySql, examined, type Invariant } from "./invariant.ts";

// E. One live lease per run and per task, and no run that nobody will ever continue.

// A job stands in ready, or is parked while its endpoint is down. A parked one under another rank than its run's is worth
// nothing: it is dropped when it is taken out.
const READY = "(select workspace_id, run_id, step_id, count(*) as jobs from durable.ready group by 1, 2, 3)";
const parked = (holder: string, step: string) => `(select count(*) from durable.parked k
  where k.workspace_id = ${holder}.workspace_id and k.run_id = ${holder}.run_id and k.step_id = ${step} and k.rank = ${holder}.ready_rank)`;
const OF_RUN = "'00000000-0000-0000-0000-000000000000'";

export const LEASES: readonly Invariant[] = [
  {
    number: "25",
    name: "fences",
    sentence: "A fence names one dispatch, for ever: no two requests carry the same.",
    phase: "after",
    needs: "appLog",
    async check({ appLog }) {
      const requests = appLog!.only("request").filter((line) => line.fence !== undefined);
      const violations: string[] = [];
      const runOf = new Map<string, string>();
      for (const line of requests) {
        const first = runOf.get(line.fence!);
        if (first === undefined) runOf.set(line.fence!, `${line.run}/${line.id}`);
        else if (first !== `${line.run}/${line.id}`)
          violations.push(`${line.fence} of ${first} came again with ${line.run}/${line.id}`);
      }
      return examined(requests.length, violations);
    },
  },
  {
    number: "24",
    name: "one holder",
    sentence:
      "No two live runs or tasks share a fence, and a lease is held by an engine that exists and has not left.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.engines",
      `select l.run_id, l.engine_id, e.state from durable.live_runs l left join durable.engines e on e.id = l.engine_id
         where l.status = 'running' and (e.id is null or e.state in ('dead', 'stopped'))
       union all
       select t.run_id, t.engine_id, e.state from durable.tasks t left join durable.engines e on e.id = t.engine_id
         where t.status = 'running' and (e.id is null or e.state in ('dead', 'stopped'))
       union all
       select null, null, fence::text from (
           select fence from durable.live_runs union all select fence from durable.tasks) as f
         group by fence having count(*) > 1`,
    ),
  },
  {
    number: "24a",
    name: "states",
    sentence:
      "A live run or a task has an engine exactly while running and a rank exactly while queued; a step has a number exactly when settled, and none is open when its run has ended.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps",
      `select run_id, status, 'live' as what from durable.live_runs
         where status not in ('queued', 'running', 'waiting', 'paused')
           or (status = 'running') <> (engine_id is not null) or (status = 'queued') <> (ready_rank is not null)
           or (pausing or moving) and status <> 'running'
       union all
       select run_id, status, 'task' from durable.tasks
         where kind not in ('step', 'once', 'fetch') or kind <> 'once' and started is not null
           or status not in ('queued', 'running', 'waiting')
           or (status = 'running') <> (engine_id is not null) or (status = 'queued') <> (ready_rank is not null)
       union all
       select s.run_id, s.status, 'open step ' || s.name || ' of an ended run' from durable.steps s
         where s.status in ('pending', 'retrying') and not exists
           (select 1 from durable.live_runs l where l.workspace_id = s.workspace_id and l.run_id = s.run_id)
       union all
       select run_id, status, 'step ' || name from durable.steps
         where status not in ('ok', 'err', 'pending', 'retrying', 'cancelled') or (seq is not null) <> (status in ('ok', 'err'))
       union all
       select id, status, 'run' from durable.runs where status not in ('completed', 'failed', 'cancelled')`,
    ),
  },
  {
    number: "27",
    name: "never stranded",
    sentence:
      "A queued run or task has exactly its job, in ready or parked, a waiting run a timer, a wait, a task or a child, a waiting task its timer unless its run is paused, and nobody else has a job.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.changes where kind = 'run.created'",
      `select run_id, status, 'jobs: ' || jobs as what from (
         select l.run_id, l.status, coalesce(r.jobs, 0) + ${parked("l", OF_RUN)} as jobs from durable.live_runs l
         left join ${READY} as r on r.workspace_id = l.workspace_id and r.run_id = l.run_id and r.step_id = ${OF_RUN}) as run
         where jobs <> case when status = 'queued' then 1 else 0 end
       union all
       select l.run_id, l.status, 'its job has another rank' from durable.live_runs l where l.status = 'queued'
         and not exists (select 1 from durable.ready r where r.workspace_id = l.workspace_id and r.run_id = l.run_id and r.rank = l.ready_rank)
         and not exists (select 1 from durable.parked k where k.workspace_id = l.workspace_id and k.run_id = l.run_id and k.rank = l.ready_rank)
       union all
       select l.run_id, l.status, 'nothing will wake it' from durable.live_runs l where l.status = 'waiting'
         and not exists (select 1 from durable.timers t where t.workspace_id = l.workspace_id and t.run_id = l.run_id
           and t.kind not in ('start', 'finish'))
         and not exists (select 1 from durable.waits w where w.workspace_id = l.workspace_id and w.run_id = l.run_id and w.mode <> 'cancel')
         and not exists (select 1 from durable.tasks t where t.workspace_id = l.workspace_id and t.run_id = l.run_id)
         and not exists (select 1 from durable.steps s where s.workspace_id = l.workspace_id and s.run_id = l.run_id
           and s.op = 'invoke' and s.status = 'pending')
       union all
       select run_id, status, 'jobs of a task: ' || jobs from (
         select t.run_id, t.status, coalesce(r.jobs, 0) + ${parked("t", "t.step_id")} as jobs from durable.tasks t
         left join ${READY} as r on r.workspace_id = t.workspace_id and r.run_id = t.run_id and r.step_id = t.step_id) as task
         where jobs <> case when status = 'queued' then 1 else 0 end
       union all
       select t.run_id, t.status, 'nothing will wake a task' from durable.tasks t
         join durable.live_runs l using (workspace_id, run_id) where t.status = 'waiting' and l.status <> 'paused'
         and not exists (select 1 from durable.timers m where m.workspace_id = t.workspace_id and m.run_id = t.run_id and m.step_id = t.step_id)
       union all
       select r.run_id, null, 'a job of no task' from durable.ready r
         where r.step_id <> '00000000-0000-0000-0000-000000000000' and not exists (select 1 from durable.tasks t
           where t.workspace_id = r.workspace_id and t.run_id = r.run_id and t.step_id = r.step_id and t.ready_rank = r.rank)
       union all
       select k.run_id, null, 'parked, and nobody will take it out' from durable.parked k
         where k.gate_id = '00000000-0000-0000-0000-000000000000'
           and not exists (select 1 from durable.circuits c where c.workspace_id = k.workspace_id)
       union all
       select r.run_id, null, 'a job of no live run' from durable.ready r where not exists
         (select 1 from durable.live_runs l where l.workspace_id = r.workspace_id and l.run_id = r.run_id)`,
    ),
  },
  {
    number: "27b",
    name: "pending means waiting",
    sentence:
      "Every pending sleep has its timer, every pending wait is open and every pending step has its task; nothing of a run outlives it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.steps where op in ('sleep', 'wait', 'run')",
      `select s.run_id, s.name, 'a sleep without a timer' as what from durable.steps s
         join durable.live_runs l using (workspace_id, run_id) where s.op = 'sleep' and s.status = 'pending'
         and not exists (select 1 from durable.timers t where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id)
       union all
       select s.run_id, s.name, 'a pending wait that is not open' from durable.steps s
         join durable.live_runs l using (workspace_id, run_id) where s.op in ('wait', 'signal') and s.status = 'pending'
         and not exists (select 1 from durable.waits w where w.workspace_id = s.workspace_id and w.run_id = s.run_id and w.step_id = s.step_id)
       union all
       select w.run_id, w.event_name, 'what would cancel a run that has ended' from durable.waits w where w.mode = 'cancel'
         and not exists (select 1 from durable.live_runs l where l.workspace_id = w.workspace_id and l.run_id = w.run_id)
       union all
       select w.run_id, w.event_name, 'an open wait that is not pending' from durable.waits w where w.mode <> 'cancel' and not exists
         (select 1 from durable.steps s join durable.live_runs l using (workspace_id, run_id)
          where s.workspace_id = w.workspace_id and s.run_id = w.run_id and s.step_id = w.step_id and s.status = 'pending')
       union all
       select s.run_id, s.name, 'a pending step without a task' from durable.steps s
         join durable.live_runs l using (workspace_id, run_id) where s.op in ('run', 'fetch') and s.status = 'pending'
         and not exists (select 1 from durable.tasks t where t.workspace_id = s.workspace_id and t.run_id = s.run_id and t.step_id = s.step_id)
       union all
       select t.run_id, t.kind, 'a task of no open step' from durable.tasks t where not exists
         (select 1 from durable.steps s join durable.live_runs l using (workspace_id, run_id)
          where s.workspace_id = t.workspace_id and s.run_id = t.run_id and s.step_id = t.step_id
            and s.status in ('pending', 'retrying'))
       union all
       select t.run_id, t.kind, 'a timer of no live run' from durable.timers t where not exists
         (select 1 from durable.live_runs l where l.workspace_id = t.workspace_id and l.run_id = t.run_id)`,
    ),
  },
  {
    number: "45",
    name: "drained",
    sentence: "An engine that has left owns nothing.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.engines where state in ('stopped', 'dead')",
      `select e.id, e.state, count(*) from durable.engines e join (
           select engine_id from durable.live_runs union all select engine_id from durable.tasks) as l on l.engine_id = e.id
         where e.state in ('stopped', 'dead') group by e.id, e.state`,
    ),
  },
];
