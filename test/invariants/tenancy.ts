import { SOME_ARE_GONE } from "./gone.ts";
import { bySql, examined, type Invariant } from "./invariant.ts";

// B. Nothing crosses the wall between workspaces.

const CHILDREN = [
  "steps",
  "attempts",
  "live_runs",
  "timers",
  "waits",
  "changes",
  "ready",
  "run_states",
  "detours",
  "inputs",
  "collected_events",
  "repairs",
  "bulk_items",
];

/** What was said of a run goes by its own time. */
const OUTLIVE = new Set(["changes", "bulk_items"]);

export const TENANCY: readonly Invariant[] = [
  {
    number: "8",
    name: "parents",
    sentence: "Every row of a run lies in the workspace of that run.",
    phase: "always",
    check: bySql(
      `select ${CHILDREN.map((table) => `(select count(*) from durable.${table})`).join(" + ")}`,
      CHILDREN.map(
        (
          table,
        ) => `select '${table}' as row_of, c.run_id from durable.${table} c where c.run_id is not null and not exists
          (select 1 from durable.runs r where r.workspace_id = c.workspace_id and r.id = c.run_id)
          ${OUTLIVE.has(table) ? `and not ${SOME_ARE_GONE}` : ""}`,
      ).join(" union all "),
    ),
  },
  {
    number: "8b",
    name: "skips",
    sentence: "Every skip is of an event and of a function of its own workspace.",
    phase: "always",
    check: bySql(
      "select count(*) from durable.skips",
      `select s.id from durable.skips s where not exists
         (select 1 from durable.events e where e.workspace_id = s.workspace_id and e.id = s.event_id)
         or not exists (select 1 from durable.functions f where f.workspace_id = s.workspace_id and f.id = s.function_id)`,
    ),
  },
  {
    number: "9",
    name: "addressed",
    sentence: "An app was asked only about runs of its own workspace, and about the function they are of.",
    phase: "after",
    needs: "appLog",
    async check({ sql, appLog }) {
      const requests = appLog!.only("request").filter((line) => line.run !== undefined);
      const rows = await sql`
        select r.id, w.app, r.function_id from durable.runs r join durable.workspaces w on w.id = r.workspace_id`;
      const runs = new Map(rows.map((row) => [row["id"], `${row["app"]}/${row["function_id"]}`]));
      const violations = requests
        .filter((line) => runs.get(line.run!) !== `${line.app}/${line.fn}`)
        .map(
          (line) => `${line.app}/${line.fn} was asked about ${line.run}: ${runs.get(line.run!) ?? "unknown"}`,
        );
      return examined(requests.length, violations);
    },
  },
];
