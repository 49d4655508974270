import { groupBy } from "../../engine/src/domain/group-by.ts";
import { hashOfText } from "./app-log.ts";
import { bySql, examined, type Invariant } from "./invariant.ts";

// N. What user code said while it ran.

export const LOGS: readonly Invariant[] = [
  {
    number: "L1",
    name: "lines of attempts",
    sentence: "Every line of a log is of an attempt of a step of its run, numbered 1..n within it.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.logs",
      `select l.run_id, l.step_id, l.attempt, array_agg(l.no order by l.id) as numbers from durable.logs l
         left join durable.steps s on s.workspace_id = l.workspace_id and s.run_id = l.run_id and s.step_id = l.step_id
         group by l.workspace_id, l.run_id, l.step_id, l.attempt, s.step_id, s.attempt
         having s.step_id is null or l.attempt > s.attempt or max(l.no) <> count(*) or count(distinct l.no) <> count(*)`,
    ),
  },
  {
    number: "L2",
    name: "lines of results",
    sentence:
      "The log of an attempt that was recorded is what that very execution said: all of it, in order, once.",
    phase: "after",
    needs: "appLog",
    async check({ sql, appLog }) {
      const rows = await sql`
        select s.run_id, replace(s.step_id::text, '-', '') as step_id, s.value, array_to_json(array(select l.message from durable.logs l
          where l.workspace_id = s.workspace_id and l.run_id = s.run_id and l.step_id = s.step_id and l.attempt = s.attempt
          order by l.id)) as lines
        from durable.steps s where s.op = 'run' and s.status = 'ok'`;
      const ends = groupBy(appLog!.only("end"), ({ run, stepId, hash }) => `${run}/${stepId}/${hash}`);
      const violations: string[] = [];
      let lines = 0;
      for (const row of rows) {
        const key = `${row["run_id"]}/${row["step_id"]}`;
        const said = ends.get(`${key}/${hashOfText(row["value"])}`)?.[0]?.said;
        if (said === undefined) continue;
        lines += said.length;
        if (row["lines"].join() !== said.join())
          violations.push(`${key} said ${said}; kept is ${row["lines"]}`);
      }
      return examined(lines, violations);
    },
  },
];
