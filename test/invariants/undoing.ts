import { bySql, examined, type Invariant } from "./invariant.ts";

// J. What a run undoes before it ends badly.

/** The id of the entry that undoes step `c` of name `s`. */
const UNDO_ID = `left(encode(sha256(convert_to(
  replace(c.step_id::text, '-', '') || E'\\x1f' || s.name || E'\\x1f0', 'UTF8')), 'hex'), 32)::uuid`;

const STEPS = `durable.compensations c
  join durable.steps s on s.workspace_id = c.workspace_id and s.run_id = c.run_id and s.step_id = c.step_id
  left join durable.steps u on u.workspace_id = c.workspace_id and u.run_id = c.run_id and u.step_id = ${UNDO_ID}`;

const UNDOABLE = "select count(*) from durable.compensations";

export const UNDOING: readonly Invariant[] = [
  {
    number: "50",
    name: "undone once",
    sentence:
      "A step is undone exactly when the journal says so, once, and only a completed step that declared it.",
    phase: "always",
    check: bySql(
      UNDOABLE,
      `select c.run_id, s.name, u.status from ${STEPS}
         where s.seq is null or s.status <> 'ok' or c.undone <> (u.seq is not null) or u.status = 'err'
       union all
       select u.run_id, u.name, 'undoes nothing' from durable.steps u where u.op = 'compensate'
         and not exists (select 1 from ${STEPS.replace("left join durable.steps u", "join durable.steps v").replaceAll("u.workspace_id", "v.workspace_id").replaceAll("u.run_id", "v.run_id").replaceAll("u.step_id", "v.step_id")}
           where v.workspace_id = u.workspace_id and v.run_id = u.run_id and v.step_id = u.step_id)`,
    ),
  },
  {
    number: "51",
    name: "in reverse",
    sentence: "Steps are undone in the reverse order of the journal, after everything else.",
    phase: "always",
    check: bySql(
      UNDOABLE,
      `select run_id, name from (select c.run_id, s.name, s.seq,
           lag(s.seq) over (partition by c.workspace_id, c.run_id order by u.seq) as before,
           min(u.seq) over (partition by c.workspace_id, c.run_id) as first
         from ${STEPS} where u.seq is not null) as undone where seq > before
       union all
       select s.run_id, s.name from durable.steps s
         join (select workspace_id, run_id, min(seq) as first from durable.steps where op = 'compensate' group by 1, 2) as undoing
           using (workspace_id, run_id)
         where s.op <> 'compensate' and s.seq > undoing.first`,
    ),
  },
  {
    number: "52",
    name: "nothing left",
    sentence:
      "A run that failed or was cancelled has undone all it can, unless a person said not to; a completed one nothing.",
    phase: "always",
    check: bySql(
      UNDOABLE,
      `select r.id, r.status, count(*) filter (where c.undone) as undone, count(*) as steps
         from durable.compensations c join durable.runs r on r.workspace_id = c.workspace_id and r.id = c.run_id
         where r.status is not null group by r.workspace_id, r.id, r.status
         having case when r.status = 'completed' then bool_or(c.undone) else not bool_and(c.undone)
           and not exists (select 1 from durable.audit a where a.workspace_id = r.workspace_id
             and a.action = 'run.cancel-without-undo' and a.target = r.id::text) end`,
    ),
  },
  {
    number: "50b",
    name: "undoable",
    sentence: "A recorded step of an app has its record of what undoes it exactly when it declared it.",
    phase: "after",
    needs: "appLog",
    async check({ sql, appLog }) {
      const rows = await sql`
        select s.run_id, replace(s.step_id::text, '-', '') as step_id, c.step_id is not null as undoable
        from durable.steps s left join durable.compensations c using (workspace_id, run_id, step_id)
        where s.op = 'run' and s.status = 'ok'`;
      const declared = new Map(appLog!.only("end").map((line) => [`${line.run}/${line.stepId}`, line.undo]));
      const examples = rows.flatMap((row) => {
        const key = `${row["run_id"]}/${row["step_id"]}`;
        const undo = declared.get(key);
        return undo === undefined || undo === row["undoable"]
          ? []
          : [`${key} ${undo ? "cannot" : "can"} be undone`];
      });
      return examined(rows.length, examples);
    },
  },
  {
    number: "54",
    name: "undone by the app",
    sentence: "What is recorded as undone was undone by the app, always with one key, and nothing else was.",
    phase: "after",
    needs: "appLog",
    async check({ sql, appLog }) {
      const undoes = appLog!.only("undo");
      const rows = await sql`
        select run_id, replace(step_id::text, '-', '') as step_id from durable.compensations where undone`;
      const recorded = new Set(rows.map((row) => `${row["run_id"]}/${row["step_id"]}`));
      const keys = new Map<string, string>();
      const violations: string[] = [];
      for (const { run, stepId, key } of undoes) {
        const step = `${run}/${stepId}`;
        if (!recorded.has(step)) violations.push(`${step} was undone, which nobody recorded`);
        if ((keys.get(step) ?? key) !== key) violations.push(`${step} was undone with ${key}, too`);
        keys.set(step, key);
      }
      const apps = new Set(appLog!.only("request").map(({ run }) => run));
      for (const row of rows) {
        const step = `${row["run_id"]}/${row["step_id"]}`;
        if (apps.has(row["run_id"]) && !keys.has(step)) violations.push(`${step} was not undone by its app`);
      }
      return examined(undoes.length, violations);
    },
  },
  {
    number: "53",
    name: "ending",
    sentence: "A run that is ending has steps left to undo, and nothing of it is open but that.",
    phase: "always",
    check: bySql(
      UNDOABLE,
      `select l.run_id, l.ending, 'nothing to undo' as what from durable.live_runs l where l.ending is not null and not exists
         (select 1 from durable.compensations c where c.workspace_id = l.workspace_id and c.run_id = l.run_id and not c.undone)
       union all
       select l.run_id, l.ending, s.name || ' is ' || s.status from durable.live_runs l
         join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id
         where l.ending is not null and s.seq is null and s.status <> 'cancelled' and s.op <> 'compensate'`,
    ),
  },
];
